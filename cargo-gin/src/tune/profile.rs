//! Candidates that are settings of the profile.

use toml_edit::Value;

use crate::cli::CandidateName;
use crate::tune::candidate::{Candidate, Extent};
use crate::tune::change::Change;
use crate::tune::today::{Debug, Today};

/// A setting of the profile, or the reason against it.
pub(super) fn of_profile(name: CandidateName, today: &Today) -> Result<Candidate, String> {
    const AS_TODAY: &str = "as today";
    let (debug, are_lean) = (today.debug(), today.are_dependencies_without_debug());
    let is_as_today = match name {
        CandidateName::DebugLineTables => debug <= Debug::Lines,
        CandidateName::DebugOwn => debug == Debug::None || are_lean,
        // With less, it is the candidate above.
        CandidateName::DebugLean => debug <= Debug::Lines || are_lean,
        CandidateName::DebugNone => debug == Debug::None,
        CandidateName::OptimizedMacros => today.setting(&["build-override", "opt-level"]).is_some(),
        CandidateName::CodegenUnits => today.setting(&["codegen-units"]).is_some(),
        _ => false,
    };
    if is_as_today {
        return Err(AS_TODAY.to_owned());
    }
    if name == CandidateName::SplitDebuginfo {
        check_split(today, debug)?;
    }
    if name == CandidateName::Incremental
        && let Some(reason) = today.overridden_incremental()
    {
        return Err(reason);
    }
    let settings = settings(name, today);
    for (keys, _) in &settings {
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        if let Some(reason) = today.overridden(&keys) {
            return Err(reason);
        }
    }
    let change = |(keys, value): (Vec<String>, Value)| {
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let keys = today.keys(&keys);
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        Change::manifest(&keys, value)
    };
    let is_own = matches!(
        name,
        CandidateName::Incremental | CandidateName::CodegenUnits
    );
    Ok(Candidate {
        names: vec![name],
        title: title(name, today).to_owned(),
        changes: settings.into_iter().map(change).collect(),
        arguments: Vec::new(),
        extent: if is_own { Extent::Own } else { Extent::All },
        price: price(name),
    })
}

fn check_split(today: &Today, debug: Debug) -> Result<(), String> {
    if today.setting(&["split-debuginfo"]).is_some() || today.triple.contains("apple") {
        return Err("as today".to_owned());
    }
    if debug == Debug::None {
        return Err("there is no debug information".to_owned());
    }
    if !today.triple.contains("linux") {
        return Err(format!(
            "{} has it in a file of its own anyway",
            today.triple
        ));
    }
    Ok(())
}

/// The settings of the profile that make a candidate.
fn settings(name: CandidateName, today: &Today) -> Vec<(Vec<String>, Value)> {
    let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
    let lines = || (keys(&["debug"]), Value::from("line-tables-only"));
    let lean = || (keys(&["package", "*", "debug"]), Value::from(false));
    match name {
        CandidateName::DebugLineTables => vec![lines()],
        CandidateName::DebugOwn => vec![lean()],
        CandidateName::DebugLean => vec![lines(), lean()],
        CandidateName::DebugNone => vec![(keys(&["debug"]), Value::from(false))],
        CandidateName::SplitDebuginfo => {
            vec![(keys(&["split-debuginfo"]), Value::from("unpacked"))]
        }
        CandidateName::OptimizedMacros => {
            vec![(keys(&["build-override", "opt-level"]), Value::from(2))]
        }
        CandidateName::Incremental => {
            let value = !today.is_incremental();
            vec![(keys(&["incremental"]), Value::from(value))]
        }
        CandidateName::CodegenUnits => {
            let members = today.members.iter();
            let units = |name: &String| {
                let keys = keys(&["package", name, "codegen-units"]);
                (keys, Value::from(16))
            };
            members.map(units).collect()
        }
        CandidateName::LinkerMold
        | CandidateName::LinkerWild
        | CandidateName::LinkerLld
        | CandidateName::UnusedFeatures => Vec::new(),
    }
}

pub(super) fn title(name: CandidateName, today: &Today) -> &'static str {
    match name {
        CandidateName::UnusedFeatures => "fewer features",
        CandidateName::DebugLineTables => "line tables only",
        CandidateName::DebugOwn => "no debug information of dependencies",
        CandidateName::DebugLean => "line tables only, none of dependencies",
        CandidateName::DebugNone => "no debug information",
        CandidateName::SplitDebuginfo => "debug information in files of its own",
        CandidateName::OptimizedMacros => "macros and build scripts at opt-level 2",
        CandidateName::Incremental if today.is_incremental() => "not incremental",
        CandidateName::Incremental => "incremental",
        CandidateName::CodegenUnits => "16 codegen units",
        CandidateName::LinkerMold => "linker mold",
        CandidateName::LinkerWild => "linker wild",
        CandidateName::LinkerLld => "linker lld",
    }
}

pub(super) fn price(name: CandidateName) -> &'static str {
    match name {
        CandidateName::DebugLineTables => "backtraces stay whole; a debugger shows no variables",
        CandidateName::DebugOwn => {
            "backtraces lack the lines of dependencies, and a debugger their variables"
        }
        CandidateName::DebugLean => {
            "backtraces lack the lines of dependencies; a debugger shows no variables"
        }
        CandidateName::DebugNone => "backtraces have no lines, and a debugger shows nothing",
        CandidateName::SplitDebuginfo => {
            "debuggers and backtraces need the target directory beside the program"
        }
        CandidateName::OptimizedMacros => "macros and build scripts compile longer, once",
        CandidateName::Incremental => "the target directory grows, or builds of large edits change",
        CandidateName::CodegenUnits => "large edits may build longer",
        CandidateName::LinkerMold | CandidateName::LinkerWild | CandidateName::LinkerLld => {
            "everyone who builds the project on this platform needs the linker"
        }
        CandidateName::UnusedFeatures => {
            "other programs, tests or a dependency at run time may need them: build and test the whole workspace"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(name: CandidateName, manifest: &str) -> Result<Vec<String>, String> {
        let candidate = of_profile(name, &Today::of(manifest, ""))?;
        Ok(candidate.config().collect())
    }

    #[test]
    fn candidates_differ_from_today() {
        const LINES: &str = "profile.dev.debug=\"line-tables-only\"";
        const LEAN: &str = "profile.dev.package.\"*\".debug=false";
        const LINES_TODAY: &str = "profile.dev.debug = 'line-tables-only'";
        for (name, manifest, expected) in [
            (CandidateName::DebugLineTables, "", Ok(vec![LINES])),
            (CandidateName::DebugLineTables, LINES_TODAY, Err("as today")),
            (CandidateName::DebugLean, "", Ok(vec![LINES, LEAN])),
            (CandidateName::DebugLean, LINES_TODAY, Err("as today")),
            (CandidateName::DebugOwn, LINES_TODAY, Ok(vec![LEAN])),
            (
                CandidateName::DebugNone,
                "profile.dev.debug = 0",
                Err("as today"),
            ),
            (
                CandidateName::SplitDebuginfo,
                "profile.dev.debug = 0",
                Err("there is no debug information"),
            ),
            (
                CandidateName::Incremental,
                "",
                Ok(vec!["profile.dev.incremental=false"]),
            ),
            (
                CandidateName::CodegenUnits,
                "",
                Ok(vec!["profile.dev.package.app.codegen-units=16"]),
            ),
        ] {
            let expected =
                expected.map(|arguments| arguments.into_iter().map(str::to_owned).collect());
            let expected = expected.map_err(str::to_owned);
            assert_eq!(arguments(name, manifest), expected, "{name:?} {manifest}");
        }
    }

    #[test]
    fn a_setting_that_would_have_no_effect_is_not_offered() {
        let today = Today::of("", "profile.dev.debug = 2");
        let reason = of_profile(CandidateName::DebugLineTables, &today).unwrap_err();
        assert!(reason.contains("beats Cargo.toml"), "{reason}");
    }
}
