//! Tests of pages as a whole, and their material.

mod incidents;
mod lossless;
pub(crate) mod sample;
mod snapshots;
