//! Lookups, with every param read, in gin-core's router and in other routers, on one thread.
//!
//! ```console
//! $ cargo run --release -p gin-bench --bin lookups [-- ROUNDS]
//! ```
//!
//! `lookups run ROUTER SET PASSES` is the program that callgrind observes.

mod growth;
mod instructions;
mod routers;
mod sets;
mod tables;
mod times;

use std::env;
use std::hint::black_box;

use allocation_counter::measure as count_allocations;
use anyhow::{Context, Result, bail};
use gin_bench::{Benchmark, Table, valgrind};

use routers::{Gin, Matchit, PathTree, Routes, Wayfind};
use sets::Set;

/// The routers, in the order of the figures.
const ROUTERS: [&str; 4] = [Gin::NAME, Matchit::NAME, Wayfind::NAME, PathTree::NAME];

fn main() -> Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["run", router, set, passes] => run(router, set, passes.parse()?),
        _ => Benchmark::Lookups.main(200, measure),
    }
}

fn measure(rounds: u32) -> Result<Vec<Table>> {
    let mut figures = Vec::new();
    for set in sets::all() {
        eprintln!("lookups: {}", set.name);
        figures.push(Figures::of(set, rounds)?);
    }
    let mut tables = tables::of(&figures);
    tables.push(growth::measure(rounds));
    Ok(tables)
}

/// The figures of a lookup in one set, for each of [`ROUTERS`].
struct Figures {
    set: Set,
    nanos: [f64; 4],
    allocations: [f64; 4],
    /// None without valgrind.
    instructions: Option<[u64; 4]>,
}

impl Figures {
    fn of(set: Set, rounds: u32) -> Result<Figures> {
        let (gin, matchit, wayfind, path_tree) = (
            Gin::new(&set.patterns),
            Matchit::new(&set.patterns),
            Wayfind::new(&set.patterns),
            PathTree::new(&set.patterns),
        );
        let nanos = times::in_turns(&gin, &matchit, &wayfind, &path_tree, &set, rounds);
        let allocations = [
            allocations(&gin, &set),
            allocations(&matchit, &set),
            allocations(&wayfind, &set),
            allocations(&path_tree, &set),
        ];
        let instructions = valgrind::is_installed().then(|| instructions(&set));
        Ok(Figures {
            nanos,
            allocations,
            instructions: instructions.transpose()?,
            set,
        })
    }
}

fn instructions(set: &Set) -> Result<[u64; 4]> {
    let mut counts = [0; 4];
    for (count, router) in counts.iter_mut().zip(ROUTERS) {
        *count = instructions::per_lookup(router, set)?;
    }
    Ok(counts)
}

/// The allocations of an average lookup.
fn allocations(router: &impl Routes, set: &Set) -> f64 {
    let counted = count_allocations(|| pass(router, &set.paths));
    f64::from(u32::try_from(counted.count_total).unwrap_or(u32::MAX)) / to_f64(set.paths.len())
}

/// Looks every path up once.
fn pass(router: &impl Routes, paths: &[String]) {
    for path in paths {
        assert!(router.look_up(black_box(path)), "{path} is not found");
    }
}

fn run(router: &str, set: &str, passes: u32) -> Result<()> {
    let set = sets::all()
        .into_iter()
        .find(|known| known.name == set)
        .with_context(|| format!("there is no set `{set}`"))?;
    match router {
        Gin::NAME => run_passes::<Gin>(&set, passes),
        Matchit::NAME => run_passes::<Matchit>(&set, passes),
        Wayfind::NAME => run_passes::<Wayfind>(&set, passes),
        PathTree::NAME => run_passes::<PathTree>(&set, passes),
        _ => bail!("there is no router `{router}`"),
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
