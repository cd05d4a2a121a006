//! Status codes, also as the bare numbers that everyone knows.

use http::StatusCode;

/// A status code: `404` or `StatusCode::NOT_FOUND`.
pub trait IntoStatus {
    /// The status code; a number that is none (RFC 9110 §15) becomes 500.
    fn into_status(self) -> StatusCode;
}

impl IntoStatus for StatusCode {
    fn into_status(self) -> StatusCode {
        self
    }
}

impl IntoStatus for u16 {
    fn into_status(self) -> StatusCode {
        StatusCode::from_u16(self).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
