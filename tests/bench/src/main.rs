//! Runs the benchmarks in turn and writes their sections of BENCHMARKS.md.

use std::path::Path;

use anyhow::{Result, ensure};
use clap::Parser;
use gin_bench::{Benchmark, Document};

/// Runs the benchmarks in turn and writes BENCHMARKS.md.
#[derive(Debug, Parser)]
struct Arguments {
    /// Runs these benchmarks only and keeps the other sections of BENCHMARKS.md.
    #[arg(long, value_delimiter = ',', default_values_t = Benchmark::ALL)]
    only: Vec<Benchmark>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../BENCHMARKS.md");
    let mut failed = Vec::new();
    for benchmark in arguments.only {
        let run = benchmark.run()?;
        if !run.succeeded {
            failed.push(benchmark.name());
        }
        // A benchmark takes minutes: each section is safe before the next one is measured.
        let mut document = Document::read(&path)?;
        document.put(run.section);
        document.write(&path)?;
    }
    ensure!(
        failed.is_empty(),
        "BENCHMARKS.md is written, but these benchmarks failed: {}",
        failed.join(", ")
    );
    Ok(())
}
