//! Look-ups with their params read, in `gin-core`'s router and in its peers: `cargo run --release -p gin-bench --bin lookups`.
//!
//! Instructions are counted by callgrind, where valgrind is installed, and are the same at every run. Times are the
//! least of many rounds in which the routers take turns, on one thread.

mod instructions;
mod routers;
mod sets;

use std::hint::black_box;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use allocation_counter::measure;
use anyhow::{Context, Result, bail};
use routers::{Gin, Matchit, PathTree, Routes, Wayfind};
use sets::Set;

/// How often the routers take turns.
const ROUNDS: u32 = 200;
/// About how many look-ups a turn has.
const TURN: usize = 2000;

fn main() -> Result<()> {
    let args: Vec<_> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => report(&mut io::stdout().lock()),
        ["run", router, set, passes] => run(router, set, passes.parse()?),
        _ => bail!(
            "lookups takes no arguments; `lookups run ROUTER SET PASSES` is what callgrind looks at"
        ),
    }
}

fn report(out: &mut impl Write) -> Result<()> {
    writeln!(
        out,
        "{:9}{:>7}  {:9}{:>14}{:>9}{:>13}",
        "set", "routes", "router", "instructions", "ns", "allocations"
    )?;
    for set in sets::all() {
        report_peers(&set, out)?;
    }
    for count in [10, 1000, 10_000, 100_000] {
        report_growth(count, out)?;
    }
    Ok(())
}

fn report_peers(set: &Set, out: &mut impl Write) -> Result<()> {
    let rows = rows(set);
    for Row {
        router,
        nanos,
        allocations,
    } in &rows
    {
        let instructions = instructions::per_look_up(router, set)?;
        let instructions = instructions.map_or_else(|| "-".to_owned(), |count| count.to_string());
        let (name, routes) = (set.name, set.patterns.len());
        writeln!(
            out,
            "{name:9}{routes:7}  {router:9}{instructions:>14}{nanos:9.1}{allocations:13.2}"
        )?;
    }
    let [gin, peers @ ..] = &rows;
    let fastest = peers
        .iter()
        .map(|peer| peer.nanos)
        .fold(f64::INFINITY, f64::min);
    writeln!(
        out,
        "{:18}{} is {:.2} times as fast as the fastest of the others\n",
        "",
        gin.router,
        fastest / gin.nanos
    )?;
    Ok(())
}

/// How long it takes to load `count` routes, and to look one up among them.
fn report_growth(count: usize, out: &mut impl Write) -> Result<()> {
    let set = Set::large("large", count);
    let start = Instant::now();
    let router = Gin::new(&set.patterns);
    let load = start.elapsed();
    let nanos = least(&router, &set.paths).as_secs_f64() * 1e9 / to_f64(set.paths.len());
    writeln!(
        out,
        "{count:7} routes: loaded in {load:9.2?}, a look-up takes {nanos:5.1} ns"
    )?;
    Ok(())
}

/// What was measured of one router on one set.
struct Row {
    router: &'static str,
    nanos: f64,
    allocations: f64,
}

fn rows(set: &Set) -> [Row; 4] {
    let (gin, matchit, wayfind, path_tree) = (
        Gin::new(&set.patterns),
        Matchit::new(&set.patterns),
        Wayfind::new(&set.patterns),
        PathTree::new(&set.patterns),
    );
    let mut times = [Duration::MAX; 4];
    for _ in 0..ROUNDS {
        let turns = [
            turn(&gin, set),
            turn(&matchit, set),
            turn(&wayfind, set),
            turn(&path_tree, set),
        ];
        times = std::array::from_fn(|router| times[router].min(turns[router]));
    }
    let row = |router, time: Duration, allocations| Row {
        router,
        nanos: time.as_secs_f64() * 1e9 / to_f64(turn_passes(set) * set.paths.len()),
        allocations,
    };
    [
        row(Gin::NAME, times[0], allocations(&gin, set)),
        row(Matchit::NAME, times[1], allocations(&matchit, set)),
        row(Wayfind::NAME, times[2], allocations(&wayfind, set)),
        row(PathTree::NAME, times[3], allocations(&path_tree, set)),
    ]
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

/// Looks every path up once.
fn pass(router: &impl Routes, paths: &[String]) {
    for path in paths {
        assert!(router.look_up(black_box(path)), "{path} is not found");
    }
}

/// The least time of a few passes.
fn least(router: &impl Routes, paths: &[String]) -> Duration {
    let times = (0..ROUNDS / 10).map(|_| {
        let start = Instant::now();
        pass(router, paths);
        start.elapsed()
    });
    times.min().unwrap_or_default()
}

fn allocations(router: &impl Routes, set: &Set) -> f64 {
    let counted = measure(|| pass(router, &set.paths));
    f64::from(u32::try_from(counted.count_total).unwrap_or(u32::MAX)) / to_f64(set.paths.len())
}

fn run(router: &str, set: &str, passes: u32) -> Result<()> {
    let set = sets::all()
        .into_iter()
        .find(|known| known.name == set)
        .context("no such set")?;
    match router {
        Gin::NAME => run_passes::<Gin>(&set, passes),
        Matchit::NAME => run_passes::<Matchit>(&set, passes),
        Wayfind::NAME => run_passes::<Wayfind>(&set, passes),
        PathTree::NAME => run_passes::<PathTree>(&set, passes),
        _ => bail!("no such router"),
    }
    Ok(())
}

fn run_passes<R: Routes>(set: &Set, passes: u32) {
    let router = R::new(&set.patterns);
    for _ in 0..passes {
        pass(&router, &set.paths);
    }
}

fn to_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("the sets are small"))
}
