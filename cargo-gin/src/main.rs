//! `cargo gin`: save a file, and the next request is answered by the new code, or by a page that says why not.

mod change;
mod diagnostics;
#[expect(dead_code, unused_imports, reason = "the proxy is to serve the pages")]
mod page;
mod phase;

fn main() {}
