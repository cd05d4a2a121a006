//! `cargo gin`: save a file, and the next request is answered by the new code, or by a page that says why not.

mod change;
mod diagnostics;
mod phase;

fn main() {}
