//! Files, pages, sessions, messages, events and uploads on gin-core, on axum with its usual crates, and on actix-web with its own.
//!
//! ```console
//! $ cargo run --release -p gin-bench --bin breadth [-- ROUNDS]
//! ```
//!
//! Each server is a process of its own. First the responses of all are compared. Then the servers take turns, and each turn starts a
//! new process. At last callgrind counts in two runs of different lengths, so that the difference leaves out the start.
//! It counts each byte that `rep stosb` clears, and does not know `openat2`, so that gin-core walks to its files there.
//!
//! `breadth only WORD [ROUNDS]` measures the cases whose names contain a word, and `breadth count WORD` only counts what they do. `breadth serve SERVER DIRECTORY` is the program that is measured.

mod actix_app;
mod axum_app;
mod case;
mod counts;
mod exchanges;
mod fanout;
mod figures;
mod gin_app;
mod greeting;
mod load;
mod material;
mod page;
mod server;
mod turns;
mod uploads;
mod wire;

use std::env;
use std::io::{Write, stdout};
use std::path::Path;

use anyhow::Result;
use gin_bench::{Benchmark, Table};

use case::Case;
use figures::Figures;
use material::Material;
use server::Server;

const ROUNDS: u32 = 9;

fn main() -> Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", name, directory] => Server::named(name)?.serve(Path::new(directory)),
        ["count", word] => print(count(word)?),
        ["only", word] => print(measure(ROUNDS, word)?),
        ["only", word, rounds] => print(measure(rounds.parse()?, word)?),
        _ => Benchmark::Breadth.main(ROUNDS, |rounds| measure(rounds, "")),
    }
}

fn print(tables: Vec<Table>) -> Result<()> {
    for table in tables {
        writeln!(stdout(), "{table}")?;
    }
    Ok(())
}

/// Counts what the cases do whose names contain `word`. The counts do not depend on the load of the machine.
fn count(word: &str) -> Result<Vec<Table>> {
    let material = Material::create()?;
    let cases = named(word);
    compare(&cases, &material)?;
    figures::counts(&cases, &material)
}

fn named(word: &str) -> Vec<Case> {
    let cases = Case::ALL.into_iter();
    cases.filter(|case| case.label().contains(word)).collect()
}

/// Measures the cases whose names contain `word`.
fn measure(rounds: u32, word: &str) -> Result<Vec<Table>> {
    let material = Material::create()?;
    let cases = named(word);
    compare(&cases, &material)?;
    let mut figures: Vec<_> = cases.into_iter().map(Figures::new).collect();
    for round in 1..=rounds {
        eprintln!("breadth: round {round} of {rounds}");
        for figures in &mut figures {
            figures.measure(&material)?;
        }
    }
    figures::tables(&figures, &material, rounds)
}

/// Makes sure that the servers do the same.
fn compare(cases: &[Case], material: &Material) -> Result<()> {
    let [gin, others @ ..] = Server::ALL;
    let gin = turns::start(gin, material)?;
    for server in others {
        let other = turns::start(server, material)?;
        for case in cases.iter().filter(|case| case.is_served_by(server)) {
            case.compare(gin.address(), other.address())?;
        }
    }
    Ok(())
}
