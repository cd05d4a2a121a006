//! gin-core's router with many routes.

use std::time::Instant;

use gin_bench::statistics::least;
use gin_bench::{Table, grouped};

use crate::routers::{Gin, Routes};
use crate::sets::Set;
use crate::{pass, to_f64};

/// Measures the time that loading takes, and the time of a lookup, for growing numbers of routes.
pub(crate) fn measure(rounds: u32) -> Table {
    let rows = [10, 1000, 10_000, 100_000].map(|count| row(count, rounds.div_ceil(10)));
    Table::new(
        "gin-core's router with many routes",
        ["", "loading, ms", "a lookup, ns"],
        rows,
    )
}

fn row(count: usize, rounds: u32) -> Vec<String> {
    eprintln!("lookups: {count} routes");
    let set = Set::large("large", count);
    let start = Instant::now();
    let router = Gin::new(&set.patterns);
    let millis = start.elapsed().as_secs_f64() * 1e3;
    let passes = (0..rounds).map(|_| {
        let start = Instant::now();
        pass(&router, &set.paths);
        start.elapsed().as_secs_f64()
    });
    let nanos = least(passes) * 1e9 / to_f64(set.paths.len());
    vec![
        format!("{} routes", grouped(&count)),
        format!("{millis:.2}"),
        format!("{nanos:.1}"),
    ]
}
