//! Styles and scripts of the pages, and the nonce that permits them.

pub(crate) mod nonce;
pub(crate) mod script;
pub(crate) mod style;

pub(crate) use nonce::Nonce;
