//! Texts that all formats share: sentences about a phase, and what keeps foreign text harmless.
//!
//! Nothing here knows in which format, or for whom, a text is shown.

pub(crate) mod crash;
pub(crate) mod curl;
pub(crate) mod incident;
pub(crate) mod inert;
pub(crate) mod lost;
pub(crate) mod sentence;
pub(crate) mod side;
pub(crate) mod visible;
pub(crate) mod whole;

pub(crate) use crate::text::{ansi, secret};
pub(crate) use visible::{OneLine, Visible};
