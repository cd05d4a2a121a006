//! Everything that goes wrong, as data: problems, errors, panics and their calls.

#[cfg(debug_assertions)]
mod calls;
mod error;
mod panic;
mod problem;
mod status;

#[cfg(debug_assertions)]
pub(crate) use calls::Calls;
pub use error::{BoxError, Error, Result};
pub(crate) use panic::{Panic, attempt, remember_places};
pub use problem::{Cause, FieldError, Problem};
pub use status::IntoStatus;
