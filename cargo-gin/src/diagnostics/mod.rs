//! Diagnostics of rustc and cargo, as data.

mod alternative;
mod culprit;
mod diagnostic;
mod span;
mod undefined;

pub(crate) use alternative::{Alternative, Applicability};
pub(crate) use diagnostic::{Code, Diagnostic, Diagnostics, Level, Message, Origin};
pub(crate) use span::{Expansion, Span};
pub(crate) use undefined::{Undefined, undefined};
