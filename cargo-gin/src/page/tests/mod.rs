//! The tests of whole pages, and the material that they are made of.

mod incidents;
mod lossless;
pub(crate) mod sample;
mod snapshots;
