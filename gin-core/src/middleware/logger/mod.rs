//! The request log: a line for each request.

mod entry;
mod line;
mod timestamp;

pub use entry::LogEntry;
pub use line::Logger;
