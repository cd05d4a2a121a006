//! The errors that `?` turns into an [`Error`].

#[cfg(feature = "anyhow")]
use crate::failure::OfStd;
#[cfg(feature = "anyhow")]
use crate::failure::of_anyhow::OfAnyhow;
use crate::failure::{BoxError, Error};

/// An error that `?` turns into an [`Error`]: whatever converts into a boxed error, as any [`std::error::Error`], `anyhow::Error` and
/// text do.
///
/// The bound is that conversion and not `std::error::Error`, which neither a boxed error nor `anyhow::Error` implements. It leaves out
/// [`Error`] itself, as the standard library converts each type into itself already.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not become a `gin::Error` by `?`",
    label = "is neither an error that is `Send` and `Sync` nor text; its text is logged with `.map_err(|error| error.to_string())?`; a status is `gin::Error::new(404, \"…\")`"
)]
pub trait IntoError {
    /// Turns the error into an [`Error`] with status 500.
    fn into_error(self) -> Error;
}

#[diagnostic::do_not_recommend]
impl<E: Into<BoxError> + 'static> IntoError for E {
    #[track_caller]
    fn into_error(self) -> Error {
        Error::caused_by(boxed(self))
    }
}

#[cfg(not(feature = "anyhow"))]
fn boxed(error: impl Into<BoxError>) -> BoxError {
    error.into()
}

/// Boxes an error. An `anyhow::Error` stays one, for the contexts in it, unless it is one of gin's errors.
#[cfg(feature = "anyhow")]
fn boxed<E: Into<BoxError> + 'static>(error: E) -> BoxError {
    let mut error = Some(error);
    let any: &mut dyn std::any::Any = &mut error;
    let anyhow = any.downcast_mut::<Option<anyhow::Error>>();
    match anyhow.and_then(Option::take) {
        Some(anyhow) if (*anyhow).is::<OfStd>() => {
            anyhow.reallocate_into_boxed_dyn_error_without_backtrace()
        }
        Some(anyhow) => Box::new(OfAnyhow(anyhow)),
        None => error.map_or_else(|| "no error".into(), Into::into),
    }
}
