//! The figures of the servers, and their tables.

use anyhow::Result;
use gin_bench::statistics::{median, percentile};
use gin_bench::valgrind::{self, Tool};
use gin_bench::{Table, grouped};

use crate::case::Case;
use crate::counts;
use crate::material::Material;
use crate::server::Server;
use crate::turns::{Turn, turn};

/// The turns of the servers in one case.
pub(crate) struct Figures {
    case: Case,
    /// By [`Server::ALL`]; empty for a server that does not have the case.
    turns: [Vec<Turn>; Server::ALL.len()],
}

impl Figures {
    pub(crate) fn new(case: Case) -> Figures {
        Figures {
            case,
            turns: Default::default(),
        }
    }

    /// Gives each server a turn. Another one begins each time.
    pub(crate) fn measure(&mut self, material: &Material) -> Result<()> {
        let first = self.turns[0].len();
        for place in 0..Server::ALL.len() {
            let index = (first + place) % Server::ALL.len();
            let server = Server::ALL[index];
            if self.case.is_served_by(server) {
                self.turns[index].push(turn(server, self.case, material)?);
            }
        }
        Ok(())
    }

    fn medians(&self, figure: impl Fn(&Turn) -> f64) -> Vec<Option<f64>> {
        let median =
            |turns: &Vec<Turn>| (!turns.is_empty()).then(|| median(turns.iter().map(&figure)));
        self.turns.iter().map(median).collect()
    }

    /// The median of gin-core's figures, each divided by axum's of the same round.
    fn ratio(&self, figure: impl Fn(&Turn) -> f64) -> f64 {
        let [gin, axum, ..] = &self.turns;
        let rounds = gin.iter().zip(axum);
        median(rounds.map(|(gin, axum)| figure(gin) / figure(axum)))
    }

    /// The half of the turns in the middle is so many percent of the median wide, for the server with the widest.
    fn spread(&self) -> f64 {
        let spread = |turns: &Vec<Turn>| {
            let micros: Vec<_> = turns.iter().map(|turn| turn.cpu_micros).collect();
            let [low, high] = [25, 75].map(|percent| percentile(&micros, percent));
            (high - low) / percentile(&micros, 50) * 100.0
        };
        let measured = self.turns.iter().filter(|turns| !turns.is_empty());
        measured.map(spread).fold(0.0, f64::max)
    }

    fn row(&self, cells: impl IntoIterator<Item = String>) -> Vec<String> {
        let label = self.case.label().to_owned();
        [label].into_iter().chain(cells).collect()
    }
}

/// The tables of all cases.
pub(crate) fn tables(figures: &[Figures], material: &Material, rounds: u32) -> Result<Vec<Table>> {
    let cpu = figures.iter().map(|figures| {
        let medians = figures.medians(|turn| turn.cpu_micros);
        let ratio = figures.ratio(|turn| turn.cpu_micros);
        let cells = cells(&medians, ratio, micros);
        figures.row(cells.chain([format!("{:.0} %", figures.spread())]))
    });
    let speed = figures.iter().map(|figures| {
        let medians = figures.medians(|turn| turn.per_second);
        let ratio = figures.ratio(|turn| turn.per_second);
        figures.row(cells(&medians, ratio, whole))
    });
    let memory = figures.iter().map(|figures| {
        let medians = figures.medians(mebibytes);
        let ratio = figures.ratio(mebibytes);
        figures.row(cells(&medians, ratio, tenths))
    });
    let caption = |figure: &str| format!("{figure}, median of {rounds}");
    let times = header().chain(["spread"]);
    let cases: Vec<_> = figures.iter().map(|figures| figures.case).collect();
    let mut tables = counts(&cases, material)?;
    tables.extend([
        Table::new(caption("CPU time, µs"), times, cpu),
        Table::new(caption("Per second"), header(), speed),
        Table::new(caption("Peak memory, MiB"), header(), memory),
    ]);
    Ok(tables)
}

/// The tables of instructions and of allocations, which need valgrind.
pub(crate) fn counts(cases: &[Case], material: &Material) -> Result<Vec<Table>> {
    Ok(vec![
        count("Instructions", Tool::Callgrind, whole, cases, material)?,
        count("Allocations", Tool::Memcheck, tenths, cases, material)?,
    ])
}

fn count(
    caption: &str,
    tool: Tool,
    text: fn(f64) -> String,
    cases: &[Case],
    material: &Material,
) -> Result<Table> {
    if !valgrind::is_installed() {
        return Ok(Table::not_measured(caption, valgrind::MISSING));
    }
    let rows = cases.iter().map(|&case| {
        eprintln!("breadth: {} of {}", caption.to_lowercase(), case.label());
        let count = |server| {
            let is_served = case.is_served_by(server);
            let count = is_served.then(|| counts::per_unit(tool, server, case, material));
            count.transpose()
        };
        let counts: Vec<_> = Server::ALL.into_iter().map(count).collect::<Result<_>>()?;
        let ratio = match counts[..] {
            [Some(gin), Some(axum), ..] => gin / axum,
            _ => f64::NAN,
        };
        let label = [case.label().to_owned()].into_iter();
        Ok(label.chain(cells(&counts, ratio, text)).collect())
    });
    let rows: Vec<_> = rows.collect::<Result<_>>()?;
    Ok(Table::new(caption, header(), rows))
}

/// The columns of all tables.
fn header() -> impl Iterator<Item = &'static str> {
    let servers = Server::ALL.map(Server::label);
    [""].into_iter().chain(servers).chain(["gin ÷ axum"])
}

/// The cells of the servers and of the ratio.
fn cells(
    figures: &[Option<f64>],
    ratio: f64,
    text: impl Fn(f64) -> String,
) -> impl Iterator<Item = String> {
    let cell = |figure: &Option<f64>| figure.map_or("-".to_owned(), &text);
    let cells: Vec<_> = figures.iter().map(cell).collect();
    cells.into_iter().chain([format!("{ratio:.2}")])
}

fn micros(figure: f64) -> String {
    match figure {
        0.0..1000.0 => format!("{figure:.2}"),
        _ => whole(figure),
    }
}

fn whole(figure: f64) -> String {
    grouped(&format!("{figure:.0}"))
}

fn tenths(figure: f64) -> String {
    format!("{figure:.1}")
}

fn mebibytes(turn: &Turn) -> f64 {
    let kibi = u32::try_from(turn.peak >> 10).unwrap_or(u32::MAX);
    f64::from(kibi) / 1024.0
}
