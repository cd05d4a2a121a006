//! Load on the proxy of `cargo gin dev`, on nginx and on Go's `ReverseProxy`, in front of the same server.
//!
//! ```console
//! $ cargo run --release -p gin-bench --bin proxy [-- ROUNDS]
//! ```
//!
//! A proxy whose program is not installed is left out of the tables. Go's is compiled by the `go` in `PATH`.
//!
//! `proxy serve [VERSION]` is the server behind the proxies. With `PORT` it is the app of the dev server.

mod edits;
mod front;
mod load;
mod material;
mod requests;
mod streams;
mod upstream;
mod wire;

use std::env;

use anyhow::Result;
use gin_bench::{Benchmark, Table};

use front::Front;
use material::Material;

fn main() -> Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve"] => upstream::serve(0),
        ["serve", version] => upstream::serve(version.parse()?),
        _ => Benchmark::Proxy.main(5, measure),
    }
}

fn measure(rounds: u32) -> Result<Vec<Table>> {
    let material = Material::create()?;
    let fronts = Front::available(&material);
    let mut tables = requests::tables(&fronts, rounds)?;
    tables.push(streams::table(&fronts)?);
    // An edit would end the app of the dev server that is measured above.
    drop(fronts);
    tables.push(edits::table(&material)?);
    Ok(tables)
}
