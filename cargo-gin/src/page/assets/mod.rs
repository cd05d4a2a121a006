//! Styles and scripts of the pages, and the nonce that permits them.

pub(crate) mod nonce;
pub(crate) mod script;

pub(crate) use nonce::Nonce;
pub(crate) use script::{own_script, script};
