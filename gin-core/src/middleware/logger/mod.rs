//! The log of requests: a line for each.

mod entry;
mod line;

pub use line::Logger;
