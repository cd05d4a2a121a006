//! The model test of freshness: random operations on a project with every kind of input, and cargo itself as the oracle.
//!
//! After each step the app's response must be that of a fresh build, and `cargo build` must have nothing to do; or an error page is
//! shown, and `cargo build` must fail as well. Two variables make the run longer or repeat it:
//!
//! ```text
//! MODEL_OPERATIONS=10000 MODEL_SEED=7 cargo test -p gin-tests --test model -- --nocapture
//! ```
//!
//! The second test does the same with `--fast`, so that cargo is the oracle of a build without cargo as well.

mod edits;
mod files;
mod links;
mod misses;
mod moves;
mod operation;
mod oracle;
mod project;
mod random;
mod run;
mod server;
mod slots;
mod sources;

use std::env;
use std::str::FromStr;

use crate::run::Run;
use crate::server::Builder;

/// The number of operations of an ordinary run.
const OPERATIONS: usize = 300;

/// The number of operations of an ordinary run with `--fast`.
const FAST_OPERATIONS: usize = 25;

#[tokio::test]
async fn a_response_is_never_older_than_the_sources() {
    run(Builder::Cargo, OPERATIONS).await;
}

#[tokio::test]
async fn a_build_without_cargo_is_what_cargo_expects() {
    run(Builder::Fast, FAST_OPERATIONS).await;
}

async fn run(builder: Builder, operations: usize) {
    let operations = number("MODEL_OPERATIONS").unwrap_or(operations);
    let seed = number("MODEL_SEED").unwrap_or(7);
    let misses = Run::new(seed, builder).await.operate(operations).await;
    eprintln!("{misses}");
    assert!(misses.is_empty(), "{misses}");
}

fn number<T: FromStr>(name: &str) -> Option<T> {
    let value = env::var(name).ok()?;
    Some(value.parse().ok().expect("it is a number"))
}
