//! JSON in the body.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::{
    context::Context,
    extract::{Fault, FromContext, Rejection},
    problem::Problem,
    response::Json,
};

impl<T: DeserializeOwned + Send> FromContext for Json<T> {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        let octets = octets(cx).await?;
        match serde_json::from_slice(&octets) {
            Ok(value) => Ok(Json(value)),
            Err(error) => Err(rejection(&error)),
        }
    }

    fn fault(rejection: &Rejection) -> Fault {
        rejection.fault()
    }
}

async fn octets(cx: &mut Context) -> Result<Bytes, Rejection> {
    match cx.content_type() {
        Some(sent) if is_json(sent) => cx.bytes().await,
        Some(_) => Err(unsupported(Fault::Invalid)),
        None => Err(unsupported(Fault::Absent)),
    }
}

/// `application/json`, or a type whose suffix says JSON (RFC 6839 §3.1).
fn is_json(media_type: &str) -> bool {
    let media_type = media_type.to_ascii_lowercase();
    media_type == "application/json"
        || media_type.starts_with("application/") && media_type.ends_with("+json")
}

fn unsupported(fault: Fault) -> Rejection {
    let detail = "the body must be sent as application/json";
    Rejection::new(fault, Problem::new(415).detail(detail))
}

fn rejection(error: &serde_json::Error) -> Rejection {
    Rejection::invalid(format!(
        "the body is not the JSON that is expected: {error}"
    ))
}
