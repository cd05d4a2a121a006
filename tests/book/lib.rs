//! The code of the book in `docs/`: each Rust block of a chapter is a test of the documentation of a module here.
//!
//! Lines that begin with `# ` are compiled, and hidden in the book. They serve the app of a block to the commands of a `console` block, by
//! [`shows`].

mod chapters;
mod console;

pub use chapters::CHAPTERS;
pub use console::{run, shows};
