//! Foreign text: its colors, and the secrets in it.

pub(crate) mod ansi;
pub(crate) mod secret;
