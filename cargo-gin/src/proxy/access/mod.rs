//! Which requests the proxy accepts.

mod host;
pub(crate) mod origin;
mod permit;
mod refusal;

pub(crate) use host::{AllowedHosts, Host};
pub(crate) use origin::Token;
pub(crate) use permit::Permit;
pub(crate) use refusal::Refusal;
