//! The log of requests: a line for each.

mod entry;
mod line;
mod timestamp;

pub use line::Logger;
