//! Times of lookups: the least of many rounds.

use std::time::{Duration, Instant};

use crate::routers::{Gin, Matchit, PathTree, Routes, Wayfind};
use crate::sets::Set;
use crate::{pass, to_f64};

/// About how many lookups a turn has.
const TURN: usize = 2000;

/// Lets the routers take turns. Returns the least time of an average lookup of each, in nanoseconds.
pub(crate) fn in_turns(
    gin: &Gin,
    matchit: &Matchit,
    wayfind: &Wayfind,
    path_tree: &PathTree,
    set: &Set,
    rounds: u32,
) -> [f64; 4] {
    let mut times = [Duration::MAX; 4];
    for _ in 0..rounds {
        let turns = [
            turn(gin, set),
            turn(matchit, set),
            turn(wayfind, set),
            turn(path_tree, set),
        ];
        times = std::array::from_fn(|router| times[router].min(turns[router]));
    }
    let lookups = to_f64(turn_passes(set) * set.paths.len());
    times.map(|time| time.as_secs_f64() * 1e9 / lookups)
}

fn turn(router: &impl Routes, set: &Set) -> Duration {
    let start = Instant::now();
    for _ in 0..turn_passes(set) {
        pass(router, &set.paths);
    }
    start.elapsed()
}

fn turn_passes(set: &Set) -> usize {
    TURN.div_ceil(set.paths.len())
}
