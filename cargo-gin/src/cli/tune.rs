//! The options of `cargo gin tune`.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::RangedU64ValueParser;
use clap::{Args, ValueEnum};

use crate::cli::dev::{BuildOptions, Selection};
use crate::cli::values::interval;

/// `cargo gin tune`.
#[derive(Debug, Args)]
pub(crate) struct Tune {
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) build: BuildOptions,
    #[command(flatten)]
    pub(crate) measurement: MeasurementOptions,
    #[command(flatten)]
    pub(crate) outcome: OutcomeOptions,
}

/// The options of the measurement.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Measurement")]
pub(crate) struct MeasurementOptions {
    /// Measure only these settings [default: all that differ from today's]; repeatable
    #[arg(
        long,
        env = "GIN_TUNE_ONLY",
        value_name = "NAME",
        value_delimiter = ','
    )]
    pub(crate) only: Vec<CandidateName>,
    /// Build this many times under each setting, in turns with today's settings
    #[arg(
        long,
        env = "GIN_TUNE_ROUNDS",
        value_name = "NUMBER",
        default_value = "5",
        value_parser = RangedU64ValueParser::<usize>::new().range(3..=100)
    )]
    pub(crate) rounds: usize,
    /// Begin nothing that would end after this time
    #[arg(
        long,
        env = "GIN_TUNE_BUDGET",
        value_name = "TIME",
        default_value = "15m",
        value_parser = interval
    )]
    pub(crate) budget: Duration,
    /// Edit this source file [default: the one that is committed most often]; repeatable
    #[arg(
        long,
        env = "GIN_TUNE_EDIT",
        value_name = "FILE",
        value_delimiter = ','
    )]
    pub(crate) edit: Vec<PathBuf>,
}

/// The options of the outcome.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Outcome")]
pub(crate) struct OutcomeOptions {
    /// Write the offered changes without a question
    #[arg(long, conflicts_with = "undo")]
    pub(crate) apply: bool,
    /// Take back the changes that were written last, and measure nothing
    #[arg(long)]
    pub(crate) undo: bool,
    /// Print the outcome as a JSON object, on one line
    #[arg(long)]
    pub(crate) json: bool,
}

/// A setting that may make builds faster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum)]
pub(crate) enum CandidateName {
    /// The linker mold.
    LinkerMold,
    /// The linker wild.
    LinkerWild,
    /// The linker lld, where rustc does not use it by itself.
    LinkerLld,
    /// Incremental compilation turned off, or on if it is off.
    Incremental,
    /// Fewer and larger units of code in the project's own crates.
    CodegenUnits,
    /// Debug information for backtraces only.
    DebugLineTables,
    /// Dependencies without debug information.
    DebugOwn,
    /// Debug information for backtraces only, and dependencies without any.
    DebugLean,
    /// Programs without debug information.
    DebugNone,
    /// Debug information beside the program, not in it.
    SplitDebuginfo,
    /// Procedural macros and build scripts with optimizations.
    OptimizedMacros,
    /// Dependencies without the features that bring crates and that no code needs.
    UnusedFeatures,
}

impl CandidateName {
    /// Returns the name as users write it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            CandidateName::LinkerMold => "linker-mold",
            CandidateName::LinkerWild => "linker-wild",
            CandidateName::LinkerLld => "linker-lld",
            CandidateName::Incremental => "incremental",
            CandidateName::CodegenUnits => "codegen-units",
            CandidateName::DebugLineTables => "debug-line-tables",
            CandidateName::DebugOwn => "debug-own",
            CandidateName::DebugLean => "debug-lean",
            CandidateName::DebugNone => "debug-none",
            CandidateName::SplitDebuginfo => "split-debuginfo",
            CandidateName::OptimizedMacros => "optimized-macros",
            CandidateName::UnusedFeatures => "unused-features",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_candidate_is_shown_by_the_name_that_selects_it() {
        for name in CandidateName::value_variants() {
            let parsed = CandidateName::from_str(name.as_str(), false);
            assert_eq!(parsed.as_ref(), Ok(name));
        }
    }
}
