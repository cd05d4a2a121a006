//! Forms.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::extract::fields::Fields;
use crate::extract::{FromContext, Rejection, Severity};
use crate::failure::Problem;
use crate::request::{Context, pairs};

/// The fields of a form that was sent as `application/x-www-form-urlencoded`. Any other type is 415, a value that does not fit 400.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Form<T>(pub T);

const FORM: &str = "application/x-www-form-urlencoded";

impl<T: DeserializeOwned + Send> FromContext for Form<T> {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        let bytes = bytes(cx).await?;
        let text = String::from_utf8_lossy(&bytes);
        let fields: Fields<'_> = pairs(&text).collect();
        match fields.named() {
            Ok(value) => Ok(Form(value)),
            Err(error) => Err(Rejection::new(
                Severity::Invalid,
                error.describe(Problem::new(400)),
            )),
        }
    }

    fn severity(rejection: &Rejection) -> Severity {
        rejection.severity()
    }
}

async fn bytes(cx: &mut Context) -> Result<Bytes, Rejection> {
    match cx.content_type() {
        Some(sent) if sent.eq_ignore_ascii_case(FORM) => cx.bytes().await,
        Some(_) => Err(unsupported(Severity::Invalid)),
        None => Err(unsupported(Severity::Absent)),
    }
}

fn unsupported(severity: Severity) -> Rejection {
    let detail = "the body must be sent as application/x-www-form-urlencoded";
    Rejection::new(severity, Problem::new(415).detail(detail))
}
