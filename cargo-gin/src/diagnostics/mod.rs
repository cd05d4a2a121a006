//! Diagnostics of rustc and cargo, as data.

mod culprit;
mod diagnostic;
mod span;

pub(crate) use diagnostic::{Code, Diagnostic, Diagnostics, Level, Message, Origin};
pub(crate) use span::{Expansion, Span};
