//! Status codes, also as plain numbers.

use http::StatusCode;

use crate::failure::Problem;

/// A status code: `404` or `StatusCode::NOT_FOUND`.
///
/// ```
/// use gin::{Problem, prelude::*};
///
/// assert_eq!(Problem::new(404).status(), StatusCode::NOT_FOUND);
/// assert_eq!(Problem::new(StatusCode::NOT_FOUND).status(), 404);
/// assert_eq!(Problem::new(1000).status(), 500);
/// ```
pub trait IntoStatus {
    /// Returns the status code. A number that is not a status code (RFC 9110 §15) becomes 500.
    fn into_status(self) -> StatusCode;

    /// Returns the status code of a response with a body of its own, which must not be sent with another status than was meant.
    #[doc(hidden)]
    fn checked_status(self) -> Result<StatusCode, Problem>
    where
        Self: Sized,
    {
        Ok(self.into_status())
    }
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

    fn checked_status(self) -> Result<StatusCode, Problem> {
        StatusCode::from_u16(self)
            .map_err(|_| Problem::new(500).because(format!("{self} is not a status code")))
    }
}
