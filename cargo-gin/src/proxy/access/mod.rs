//! The rules that decide which requests the proxy accepts.

mod host;
mod origin;
mod permit;
mod refusal;
mod token;

pub(crate) use host::{AllowedHosts, Host};
pub(crate) use origin::{is_foreign, is_own};
pub(crate) use permit::Permit;
pub(crate) use refusal::Refusal;
pub(crate) use token::Token;
