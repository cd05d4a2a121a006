//! Sentences about a phase.

use std::time::Duration;

use crate::diagnostics::Level;
use crate::page::words::{ansi, crash};
use crate::state::{Cause, ChangedFiles, Phase, Progress, Recipe, Role, Start, Status};

/// Returns the phase in a line or two: the headline, and the first error with its place.
pub(crate) fn brief(status: &Status) -> String {
    let mut diagnostics = status.diagnostics.iter();
    let rendered = diagnostics.find_map(|diagnostic| diagnostic.message.rendered.as_deref());
    let first = rendered.filter(|_| matches!(status.phase, Phase::Failed));
    let first = first.map(|rendered| rendered.lines().take(2).map(ansi::strip));
    let first: Vec<_> = first.into_iter().flatten().collect();
    [vec![headline(status)], first].concat().join("\n")
}

/// Returns the heading of the page: the phase in a few words.
pub(crate) fn headline(status: &Status) -> String {
    let name = name(status);
    match &status.phase {
        Phase::Building(_) if status.diagnostics.errors() > 0 => {
            format!("{} so far", counted(status.diagnostics.errors(), "error"))
        }
        Phase::Building(_) => format!("Building {name}"),
        Phase::Failed => {
            let errors = status.diagnostics.errors();
            let warnings = status.diagnostics.warnings();
            match (errors, warnings) {
                (0, _) => format!("{name} could not be built"),
                (_, 0) => counted(errors, "error"),
                _ => format!(
                    "{}, {}",
                    counted(errors, "error"),
                    counted(warnings, "warning")
                ),
            }
        }
        Phase::Idle => format!("{name} is built; this request starts it"),
        Phase::Built => format!("{name} is built; --no-run does not start it"),
        Phase::Starting(start) if start.is_elsewhere() => {
            format!(
                "{name} listens on {}, not on PORT={}",
                opened(start),
                start.port
            )
        }
        Phase::Starting(_) => format!("Starting {name}"),
        Phase::Ready(_) => format!("{name} is running"),
        Phase::Crashed(exit) if !exit.tail.panics().is_empty() => format!("{name} panicked"),
        Phase::Crashed(exit) => format!("{name} exited: {}", exit.status),
    }
}

/// Returns a further sentence about the phase, if there is one.
pub(crate) fn remark(status: &Status) -> Option<String> {
    match &status.phase {
        Phase::Building(progress) => progress_remark(progress),
        Phase::Starting(start) => wrong_port(start).or_else(|| Some(port_remark(start))),
        Phase::Crashed(exit) => Some(crash::remark(exit, status)),
        Phase::Ready(reachable) => Some(format!("listening on {}", reachable.address)),
        Phase::Failed => status.muted.as_ref().map(muted),
        Phase::Idle | Phase::Built => None,
    }
}

/// Returns the sentence about files that start no more builds.
pub(crate) fn muted(files: &ChangedFiles) -> String {
    let (change, it, starts) = match files.len() {
        1 => ("changes", "it", "starts"),
        _ => ("change", "they", "start"),
    };
    format!(
        "{files} {change} without changing the result; {it} {starts} no more builds until something else does"
    )
}

/// Returns the binary's name, or "the app" while the manifest cannot be read.
pub(crate) fn name(status: &Status) -> &str {
    match status.target.name.as_str() {
        "" => "the app",
        name => name,
    }
}

/// Returns the number of the attempt, its cause, and the time of its build.
pub(crate) fn attempt(status: &Status) -> String {
    if status.target.role == Role::Side {
        return format!("start {}", status.attempt);
    }
    let mut attempt = format!("build {} · {}", status.attempt, status.cause);
    if let Cause::Changed(_) = status.cause {
        attempt.push_str(" changed");
    }
    if let Some(build) = status.timings.build {
        attempt.push_str(" · ");
        attempt.push_str(&took(build));
    }
    attempt
}

/// Returns how the app is built: compiler, profile, features, and the target directory.
pub(crate) fn recipe(status: &Status) -> Vec<String> {
    let Recipe {
        toolchain,
        profile,
        features,
        target_dir,
    } = &status.target.recipe;
    // Unknown while the manifest cannot be read.
    if profile.is_empty() {
        return Vec::new();
    }
    let features = match features.as_slice() {
        [] => "no features".to_owned(),
        [one] if one == "default" => "default features".to_owned(),
        features => format!("features {}", features.join(", ")),
    };
    let built = format!("{profile} profile, {features}, in {}", target_dir.display());
    let toolchain = (!toolchain.is_empty()).then(|| toolchain.clone());
    toolchain.into_iter().chain([built]).collect()
}

/// Returns the time of the build, compared with earlier builds.
pub(crate) fn pace(status: &Status) -> Option<String> {
    let build = took(status.timings.build?);
    Some(match status.history.usual_build() {
        Some(usual) => format!("the build took {build}, usually {}", took(usual)),
        None => format!("the build took {build}"),
    })
}

fn progress_remark(progress: &Progress) -> Option<String> {
    if let Some(blocked) = &progress.blocked {
        let what = &blocked.what;
        return Some(match &blocked.holder {
            Some(holder) => format!("cargo waits for the {what}, held by {holder}"),
            None => format!("cargo waits for the {what}"),
        });
    }
    if !progress.hook.is_empty() {
        return Some(format!("running {}", progress.hook));
    }
    let crates = progress.underway.names().join(", ");
    match (progress.total, crates.as_str()) {
        (0, "") if progress.step.is_empty() => None,
        (0, "") => Some(format!("cargo is {}", progress.step)),
        (0, _) => Some(format!("compiling {crates}")),
        (total, "") => Some(format!("{} of {total}", progress.done)),
        (total, _) => Some(format!("{} of {total}: {crates}", progress.done)),
    }
}

/// Returns the hint for an app that listens on another port than `PORT`.
pub(crate) fn wrong_port(start: &Start) -> Option<String> {
    let first = start.opened.first().filter(|_| start.is_elsewhere())?;
    Some(format!(
        "your app listens on {}, not on PORT={}: read PORT, or run `cargo gin dev --app-port {first}`",
        opened(start),
        start.port
    ))
}

/// Returns the state of the app's port, until it accepts connections there.
pub(crate) fn port_remark(start: &Start) -> String {
    match (start.is_open, start.opened.is_empty()) {
        (false, _) => format!("It has not opened its port yet: `PORT={}`.", start.port),
        (true, true) => "Its port is open, but it accepts no connection yet.".to_owned(),
        (true, false) => format!(
            "Its port is open, but it accepts no connection there yet. It listens on {}, too.",
            opened(start)
        ),
    }
}

/// Returns the ports that the app has opened: `8080 and 9090`.
fn opened(start: &Start) -> String {
    let ports: Vec<_> = start.opened.iter().map(u16::to_string).collect();
    ports.join(" and ")
}

/// Returns the level, as rustc writes it.
pub(crate) fn level(level: Level) -> &'static str {
    match level {
        Level::Ice => "internal compiler error",
        Level::Error => "error",
        Level::Warning => "warning",
        Level::FailureNote | Level::Note | Level::Other => "note",
        Level::Help => "help",
    }
}

/// Returns `1 error` or `2 errors`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

/// Returns `1 byte` or `48,270 bytes`.
pub(crate) fn bytes(count: u64) -> String {
    let digits = count.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().collect();
    let noun = if count == 1 { "byte" } else { "bytes" };
    let grouped = groups.join(&b',');
    format!("{} {noun}", String::from_utf8_lossy(&grouped))
}

/// Returns a duration in readable form: `8 ms`, `1.2 s`, `2 min 5 s`.
pub(crate) fn took(duration: Duration) -> String {
    let millis = duration.as_millis();
    let seconds = duration.as_secs();
    match (millis, seconds) {
        (0, _) => "under 1 ms".to_owned(),
        (..1000, _) => format!("{millis} ms"),
        (_, ..60) => format!("{:.1} s", duration.as_secs_f64()),
        (_, ..3600) => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_readable() {
        for (millis, expected) in [
            (0, "under 1 ms"),
            (1, "1 ms"),
            (999, "999 ms"),
            (1234, "1.2 s"),
            (125_000, "2 min 5 s"),
            (3_720_000, "1 h 2 min"),
        ] {
            assert_eq!(took(Duration::from_millis(millis)), expected);
        }
    }

    #[test]
    fn large_sizes_are_grouped() {
        for (count, expected) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (48_270, "48,270 bytes"),
            (1_000_000, "1,000,000 bytes"),
        ] {
            assert_eq!(bytes(count), expected);
        }
    }
}
