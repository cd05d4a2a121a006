//! TLS on gin-core, on bare hyper and on other servers.
//!
//! ```console
//! $ cargo run --release -p gin-bench --bin tls [-- ROUNDS]
//! ```
//!
//! All servers have the same certificate, whose key is of P-256, and the same provider of cryptography. A full handshake is one of a client
//! that keeps no sessions; each connection of the first two cases has one request. For the times the servers take turns, each turn in a
//! new process on one thread, and the client has four. In the end each server gets 2,000 connections that are used once and stay open.
//!
//! `tls count` only counts, which does not depend on the load of the machine, and `tls idle` measures only the idle connections.
//! `tls serve SERVER DIRECTORY` is the program that is measured.

mod actix_app;
mod axum_app;
mod case;
mod connection;
mod figures;
mod gin_app;
mod hyper_app;
mod identity;
mod idle;
mod load;
mod multiplexed;
mod server;
mod turns;

use std::env;
use std::io::{Write, stdout};
use std::path::Path;

use anyhow::Result;
use gin_bench::{Benchmark, Table};

use identity::Identity;
use server::Server;

const ROUNDS: u32 = 5;

/// The path that is requested.
const PATH: &str = "/plaintext";
/// The response to it.
const BODY: &str = "Hello, World!";

fn main() -> Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", name, directory] => Server::named(name)?.serve(Path::new(directory)),
        ["count"] => print(&figures::counts(&Identity::create()?)?),
        ["idle"] => print(&[idle::measure(&Identity::create()?)?]),
        _ => Benchmark::Tls.main(ROUNDS, measure),
    }
}

fn print(tables: &[Table]) -> Result<()> {
    for table in tables {
        writeln!(stdout(), "{table}")?;
    }
    Ok(())
}

fn measure(rounds: u32) -> Result<Vec<Table>> {
    let identity = Identity::create()?;
    let mut tables = figures::counts(&identity)?;
    tables.extend(figures::times(&identity, rounds)?);
    tables.push(idle::measure(&identity)?);
    Ok(tables)
}
