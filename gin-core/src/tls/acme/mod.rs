//! Certificates that the server requests by itself (ACME, RFC 8555).

mod account;
mod authority;
mod cache;
mod challenge;
mod failure;
mod name;
mod order;
mod settings;
mod upkeep;

pub(crate) use challenge::accept;
pub use settings::Acme;
pub(crate) use upkeep::keep_up;
