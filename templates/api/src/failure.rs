//! The errors of the service, and the responses that they become.

use gin::openapi::Operation;
use gin::prelude::*;

#[derive(Debug)]
pub enum Failure {
    Absent,
    /// Another task has the title.
    Taken,
    Database(sqlx::Error),
}

pub type Result<T> = std::result::Result<T, Failure>;

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Failure {
        match error.as_database_error() {
            Some(cause) if cause.is_unique_violation() => Failure::Taken,
            _ => Failure::Database(error),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Failure::Absent => Problem::new(404).detail("there is no such task"),
            Failure::Taken => Problem::new(409).field("title", "is the title of another task"),
            // The log has the cause, the client has not.
            Failure::Database(error) => Problem::new(500).because(error),
        }
        .into_response()
    }

    fn describe(operation: &mut Operation) {
        operation.problem(500);
    }
}
