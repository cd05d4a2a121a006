//! The rules that decide which requests the proxy accepts.

mod arrival;
mod check;
mod front;
mod host;
mod origin;
mod passage;
mod permit;
mod refusal;
mod token;
mod visitor;

pub(crate) use arrival::Arrival;
pub(crate) use check::Access;
pub(crate) use host::{AllowedHosts, Host};
pub(crate) use origin::{Origin, Scheme, is_foreign, is_own};
pub(crate) use permit::Permit;
pub(crate) use refusal::Refusal;
pub(crate) use token::Token;
pub(crate) use visitor::Visitor;
