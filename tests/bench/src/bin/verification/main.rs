//! The cost of the verification of 100 and of 5,000 inputs: at the first request after a pause, under load, and when idle.
//!
//! ```console
//! $ [BEFORE=PATH] cargo run --release -p gin-bench --bin verification [-- ROUNDS]
//! ```

mod app;
mod load;

use std::env;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use gin_bench::dev::{self, Dev};
use gin_bench::statistics::{median, percentile};
use gin_bench::{Benchmark, Table, grouped, procfs};

use app::App;

const FILES: [u32; 2] = [100, 5000];

/// The pause before a request.
const PAUSE: Duration = Duration::from_secs(1);

const LOAD: Duration = Duration::from_secs(3);
const IDLE: Duration = Duration::from_secs(20);

fn main() -> Result<()> {
    Benchmark::Verification.main(200, measure)
}

/// A dev server that is measured.
struct Server {
    label: String,
    dev: Dev,
    /// Kept for its files.
    _app: App,
    /// The times of first requests, in milliseconds.
    first: Vec<f64>,
    /// Requests per second under load.
    loaded: Vec<f64>,
}

impl Server {
    fn start(version: &str, cargo_gin: &Path, files: u32) -> Result<Server> {
        let app = App::create(&format!("{version}-{files}"), files)?;
        let dev = Dev::start(cargo_gin, app.directory())?;
        dev.wait_for("ok.")
            .with_context(|| format!("{version}, {files} files"))?;
        Ok(Server {
            label: format!("{} files, {version}", grouped(&files)),
            dev,
            _app: app,
            first: Vec::new(),
            loaded: Vec::new(),
        })
    }

    fn first(&mut self) -> Result<()> {
        let since = Instant::now();
        self.dev.wait_for("ok.")?;
        self.first.push(since.elapsed().as_secs_f64() * 1e3);
        Ok(())
    }
}

fn measure(rounds: u32) -> Result<Vec<Table>> {
    let mut versions: Vec<(&str, PathBuf)> = vec![("now", dev::cargo_gin()?)];
    if let Some(before) = env::var_os("BEFORE") {
        versions.insert(0, ("before", before.into()));
    }
    let mut servers = Vec::new();
    for files in FILES {
        for (version, cargo_gin) in &versions {
            servers.push(Server::start(version, cargo_gin, files)?);
        }
    }
    let turns = u32::try_from(servers.len())?;
    for round in 0..rounds {
        eprintln!("verification: round {} of {rounds}", round + 1);
        for server in &mut servers {
            sleep(PAUSE / turns);
            server.first()?;
        }
    }
    for _ in 0..5 {
        for server in &mut servers {
            let figure = load::requests_per_second(server.dev.address(), LOAD)?;
            server.loaded.push(figure);
        }
    }
    sleep(PAUSE);
    Ok(vec![
        first(&servers, rounds),
        loaded(&servers),
        idle(&servers)?,
    ])
}

fn first(servers: &[Server], rounds: u32) -> Table {
    let rows = servers.iter().map(|server| {
        let figures = [50, 90, 99].map(|percent| percentile(&server.first, percent));
        row(server, figures.map(|millis| format!("{millis:.2}")))
    });
    let caption = format!("The first request after a pause of a second, ms, of {rounds}");
    Table::new(caption, ["", "p50", "p90", "p99"], rows)
}

fn loaded(servers: &[Server]) -> Table {
    let rows = servers.iter().map(|server| {
        let figure = median(server.loaded.iter().copied());
        row(server, [format!("{figure:.0}")])
    });
    let caption = "Requests on 8 kept-alive connections, median of 5 times 3 s";
    Table::new(caption, ["", "requests/s"], rows)
}

fn idle(servers: &[Server]) -> Result<Table> {
    let used = |server: &Server| procfs::cpu_time(server.dev.id());
    let before = servers.iter().map(used).collect::<Result<Vec<_>>>()?;
    sleep(IDLE);
    let mut rows = Vec::new();
    for (server, before) in servers.iter().zip(before) {
        let used = used(server)?.saturating_sub(before);
        let percent = used.as_secs_f64() / IDLE.as_secs_f64() * 1e2;
        let memory = procfs::memory(server.dev.id())?;
        rows.push(row(
            server,
            [format!("{percent:.3}"), format!("{memory:.1}")],
        ));
    }
    let header = ["", "CPU time, % of a core", "resident memory, MiB"];
    Ok(Table::new("Idle for 20 s", header, rows))
}

fn row(server: &Server, figures: impl IntoIterator<Item = String>) -> Vec<String> {
    let label = std::iter::once(server.label.clone());
    label.chain(figures).collect()
}
