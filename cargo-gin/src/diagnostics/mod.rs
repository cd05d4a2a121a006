//! Diagnostics of rustc and cargo, as data.

mod abridged;
mod alternative;
mod culprit;
mod diagnostic;
mod list;
mod masked;
mod span;
mod undefined;
mod unlinked;

pub(crate) use abridged::size;
pub(crate) use alternative::{Alternative, Applicability};
pub(crate) use diagnostic::{Code, Diagnostic, Level, Message, Origin};
pub(crate) use list::Diagnostics;
pub(crate) use span::{Expansion, Span};
pub(crate) use undefined::{Undefined, undefined};
pub(crate) use unlinked::sentence as unlinked;
