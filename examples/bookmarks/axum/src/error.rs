//! The error of handlers.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use validator::{ValidationErrors, ValidationErrorsKind};

#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("there is no such bookmark")]
    NotFound,
    #[error("this URL is saved already")]
    Duplicate,
    #[error("sign in first")]
    Unauthorized,
    #[error("{0}")]
    BadRequest(String),
    #[error("some fields are wrong")]
    Invalid(#[from] ValidationErrors),
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    #[error(transparent)]
    Session(#[from] tower_sessions::session::Error),
    #[error(transparent)]
    Template(#[from] minijinja::Error),
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let status = match &self {
            AppError::NotFound => StatusCode::NOT_FOUND,
            AppError::Duplicate => StatusCode::CONFLICT,
            AppError::Unauthorized => StatusCode::UNAUTHORIZED,
            AppError::BadRequest(_) => StatusCode::BAD_REQUEST,
            AppError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            AppError::Sql(_) | AppError::Session(_) | AppError::Template(_) => {
                tracing::error!("{self}");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        let detail = if status.is_server_error() {
            "something went wrong".to_owned()
        } else {
            self.to_string()
        };
        let mut body = json!({ "status": status.as_u16(), "detail": detail });
        if let AppError::Invalid(errors) = &self {
            body["errors"] = field_errors(errors).into();
        }
        (status, Json(body)).into_response()
    }
}

fn field_errors(errors: &ValidationErrors) -> Vec<serde_json::Value> {
    let mut fields = Vec::new();
    for (path, kind) in errors.errors() {
        if let ValidationErrorsKind::Field(errors) = kind {
            for error in errors {
                let message = error.message.as_deref().unwrap_or("is invalid");
                fields.push(json!({ "path": path, "code": error.code, "message": message }));
            }
        }
    }
    fields
}
