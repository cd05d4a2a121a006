//! Diagnostics of rustc and cargo, as data.

mod alternative;
mod culprit;
mod diagnostic;
mod masked;
mod span;

pub(crate) use alternative::{Alternative, Applicability};
pub(crate) use diagnostic::{Code, Diagnostic, Diagnostics, Level, Message, Origin};
pub(crate) use span::{Expansion, Span};
