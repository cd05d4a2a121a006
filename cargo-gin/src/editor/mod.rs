//! The person's editor: which it is, how it is told a place, and what places pages may name.

mod argv;
mod launch;
mod spot;

pub(crate) use launch::{Editor, Unopenable};
pub(crate) use spot::{Spot, Table};
