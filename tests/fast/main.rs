//! The oracle of `--fast`: random edits of a workspace, and cargo's own verdict about each build.
//!
//! After each edit the app's response must be that of the sources. Then `cargo build` runs in the same target directory. If it fails,
//! it must report what the dev server has reported. If not, it must have nothing to do, and repeat the same warnings. From time to time
//! a build in a target directory of its own must give the same. Two variables make the run longer or repeat it:
//!
//! ```text
//! FAST_EDITS=5000 FAST_SEED=7 cargo test -p gin-tests --test fast -- --nocapture
//! ```

mod behavior;
mod cargo;
mod edit;
mod oracle;
#[path = "../model/random.rs"]
mod random;
mod workspace;

use std::env;
use std::str::FromStr;

use crate::oracle::Oracle;

/// The number of edits of an ordinary run.
const EDITS: usize = 200;

#[tokio::test]
async fn a_build_without_cargo_is_the_build_of_cargo() {
    let seed = number("FAST_SEED").unwrap_or(7);
    let edits = number("FAST_EDITS").unwrap_or(EDITS);
    let mut oracle = Oracle::new(seed).await;
    for number in 0..edits {
        oracle.edit(number).await;
    }
    let report = oracle.report();
    eprintln!("seed {seed}: {report}");
    assert!(report.is_mostly_without_cargo(), "{report}");
    assert!(report.is_often_early(), "{report}");
}

fn number<T: FromStr>(name: &str) -> Option<T> {
    let value = env::var(name).ok()?;
    Some(value.parse().ok().expect("it is a number"))
}
