//! An [`Error`] where a [`std::error::Error`] is needed.

use std::error::Error as StdError;
use std::fmt;

use crate::failure::{Cause, Error, Problem};

/// An [`Error`] as a [`std::error::Error`], from [`Error::into_std`].
///
/// ```
/// use gin::{Error, failure::OfStd};
///
/// let error: OfStd = Error::from("x".parse::<u16>().unwrap_err()).into_std();
/// assert_eq!(error.to_string(), "invalid digit found in string");
/// assert_eq!(error.into_error().status(), 500);
/// ```
pub struct OfStd(Error);

impl OfStd {
    pub(super) fn new(error: Error) -> OfStd {
        OfStd(error)
    }

    /// Returns the [`Error`], with its status and its text for the client.
    pub fn into_error(self) -> Error {
        self.0
    }

    /// Returns the problem of the first [`Error`] among `error` and its sources.
    pub(super) fn problem_in<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Problem> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(OfStd(own)) = error.downcast_ref() {
                return Some(own.problem());
            }
            next = error.source();
        }
        None
    }
}

impl fmt::Display for OfStd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for OfStd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl StdError for OfStd {
    /// The source of the error that `?` converted, whose text is that of this error.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.problem().cause().map(Cause::error)?.source()
    }
}

impl From<Error> for Box<dyn StdError> {
    fn from(error: Error) -> Box<dyn StdError> {
        Box::new(error.into_std())
    }
}

#[cfg(feature = "anyhow")]
impl From<Error> for anyhow::Error {
    fn from(error: Error) -> anyhow::Error {
        anyhow::Error::new(error.into_std())
    }
}
