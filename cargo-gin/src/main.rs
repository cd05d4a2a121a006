//! `cargo gin`: save a file, and the next request is answered by the new code, or by a page that says why not.

mod change;
mod diagnostics;
#[expect(unused_imports, reason = "the loop is to start the proxy")]
mod page;
mod phase;
#[cfg_attr(
    not(test),
    expect(dead_code, unused_imports, reason = "the loop is to start the proxy")
)]
mod proxy;

fn main() {}
