//! The settings that are compared with today's.

use clap::ValueEnum as _;
use toml_edit::Value;

use crate::cli::CandidateName;
use crate::os::reaper::Reaper;
use crate::tune::change::{Change, File, Setting};
use crate::tune::linker::{self, Linker};
use crate::tune::profile::{of_profile, price, title};
use crate::tune::today::{Flags, Today};

/// A setting that may make builds faster.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) names: Vec<CandidateName>,
    /// The setting, for users.
    pub(super) title: String,
    pub(super) changes: Vec<Change>,
    /// Arguments for the compiler of the program alone, in place of the changes to the configuration. Cargo would compile all
    /// dependencies again for those, although only linking differs.
    pub(super) arguments: Vec<String>,
    pub(super) extent: Extent,
    /// The price of it, for users. Empty if there is none.
    pub(super) price: &'static str,
}

/// The crates that a setting compiles differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// Those of the project. Dependencies are shared with today's settings.
    Own,
    /// All of them. They need a target directory of their own.
    All,
}

/// A candidate, or the reason for which it is not measured.
pub(super) enum Choice {
    Candidate(Candidate),
    Skipped(CandidateName, String),
}

impl Candidate {
    /// Returns its names, as in JSON: `linker-mold+debug-none`.
    pub(super) fn id(&self) -> String {
        let names: Vec<_> = self.names.iter().map(|name| name.as_str()).collect();
        names.join("+")
    }

    /// Returns the arguments of `--config` under which it is measured.
    pub(super) fn config(&self) -> impl Iterator<Item = String> {
        let is_replaced =
            |change: &&Change| change.file == File::Configuration && !self.arguments.is_empty();
        let changes = self.changes.iter();
        let kept = changes.filter(move |change| !is_replaced(change));
        kept.filter_map(Change::argument)
    }

    /// Returns `true` if both set the same thing, so that only one of them can be chosen.
    pub(super) fn excludes(&self, other: &Candidate) -> bool {
        let mut names = self.names.iter();
        names.any(|name| other.names.iter().any(|other| kind(*name) == kind(*other)))
    }

    /// Joins several candidates to one.
    pub(super) fn joined(parts: &[&Candidate]) -> Candidate {
        let titles: Vec<&str> = parts.iter().map(|part| part.title.as_str()).collect();
        let extents = parts.iter().any(|part| part.extent == Extent::All);
        Candidate {
            names: parts.iter().flat_map(|part| part.names.clone()).collect(),
            title: titles.join(" + "),
            changes: parts.iter().flat_map(|part| part.changes.clone()).collect(),
            arguments: parts
                .iter()
                .flat_map(|part| part.arguments.clone())
                .collect(),
            extent: if extents { Extent::All } else { Extent::Own },
            price: "",
        }
    }
}

/// Returns a number for each kind of candidates.
fn kind(name: CandidateName) -> u8 {
    match name {
        CandidateName::LinkerMold | CandidateName::LinkerWild | CandidateName::LinkerLld => 0,
        CandidateName::Incremental => 1,
        CandidateName::CodegenUnits => 2,
        CandidateName::DebugLineTables
        | CandidateName::DebugOwn
        | CandidateName::DebugLean
        | CandidateName::DebugNone => 3,
        CandidateName::SplitDebuginfo => 4,
        CandidateName::OptimizedMacros => 5,
        CandidateName::UnusedFeatures => 6,
    }
}

/// Chooses the candidates: those in `only`, or all if that is empty. The quick ones come first. Unused features are not among them:
/// they are searched for by builds.
pub(super) async fn choose(only: &[CandidateName], today: &Today, reaper: &Reaper) -> Vec<Choice> {
    let mut choices = Vec::new();
    for name in CandidateName::value_variants() {
        if *name != CandidateName::UnusedFeatures && is_wanted(only, *name) {
            let choice = match kind(*name) {
                0 => linker(*name, today, reaper).await,
                _ => of_profile(*name, today),
            };
            choices.push(match choice {
                Ok(candidate) => Choice::Candidate(candidate),
                Err(reason) => Choice::Skipped(*name, reason),
            });
        }
    }
    choices
}

/// Returns `true` if the user wants a candidate.
pub(super) fn is_wanted(only: &[CandidateName], name: CandidateName) -> bool {
    only.is_empty() || only.contains(&name)
}

async fn linker(name: CandidateName, today: &Today, reaper: &Reaper) -> Result<Candidate, String> {
    let place = match today.flags() {
        Flags::At(keys) => keys,
        Flags::Fixed(reason) => return Err(reason),
    };
    let (version, flags, driver) = match linker::find(name, today, reaper).await {
        Linker::Usable {
            version,
            flags,
            driver,
        } => (version, flags, driver),
        Linker::Unusable(reason) => return Err(reason),
    };
    let keys: Vec<&str> = place.iter().map(String::as_str).collect();
    let words = Setting::Words(flags.clone());
    let mut changes = vec![Change::new(File::Configuration, &keys, words)];
    let mut arguments = flags;
    if let Some(driver) = driver {
        arguments.push(format!("-Clinker={driver}"));
        let keys = ["target", today.triple.as_str(), "linker"];
        let driver = Setting::Value(Value::from(driver));
        changes.insert(0, Change::new(File::Configuration, &keys, driver));
    }
    Ok(Candidate {
        names: vec![name],
        title: format!("{} ({version})", title(name, today)),
        changes,
        arguments,
        extent: Extent::Own,
        price: price(name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_of_a_kind_can_be_chosen() {
        let today = Today::of("", "");
        let of = |name| of_profile(name, &today).unwrap();
        let (lines, none) = (
            of(CandidateName::DebugLineTables),
            of(CandidateName::DebugNone),
        );
        let macros = of(CandidateName::OptimizedMacros);
        assert!(lines.excludes(&none));
        assert!(!lines.excludes(&macros));
        let both = Candidate::joined(&[&lines, &macros]);
        assert_eq!(both.id(), "debug-line-tables+optimized-macros");
        assert!(both.excludes(&none));
        assert_eq!(both.config().count(), 2);
    }
}
