//! The progress of a build.

use std::time::Duration;

use crate::page::html::markup::{Html, prose};
use crate::page::words::sentence;
use crate::state::{Blocked, Cause, ChangedFiles, History, Progress, Status, Underway};

/// The number of changed files up to which their list is open.
const FEW: usize = 5;

/// The number of changed files that are named. Further ones are counted.
const MANY: usize = 100;

/// The shortest time that makes a crate appear among the slowest.
const SLOW: Duration = Duration::from_millis(500);

const EDITOR_HOLDS: &str = "To keep them from waiting for each other, give rust-analyzer its own target directory: \
    `\"rust-analyzer.cargo.targetDir\": true` in the editor's settings; or give one to this app: `cargo gin dev --target-dir target/gin`.";

const CARGO_HOLDS: &str = "To keep them from waiting for each other, give one of them its own target directory: \
    `cargo gin dev --target-dir target/gin`.";

/// Adds the progress of the build, and the times of earlier builds.
pub(crate) fn building(html: &mut Html, progress: &Progress, status: &Status) {
    self::progress(html, progress, status);
    if progress.blocked.is_none() {
        before(html, &status.history);
    }
}

/// Adds the progress of the build, and the crates that take the time.
pub(crate) fn progress(html: &mut Html, progress: &Progress, status: &Status) {
    if let Some(blocked) = &progress.blocked {
        self::blocked(html, blocked);
        return;
    }
    let elapsed = status.since.elapsed();
    let usual = status.history.usual_build();
    html.tag("section")
        .attribute("class", "card wait")
        .attribute("id", "progress")
        .attribute("aria-label", "progress")
        .around(|html| {
            match usual {
                Some(usual) if elapsed < usual => clock(html, elapsed, usual),
                _ => bar(html, progress),
            }
            html.element("p", "", |html| {
                counted(html, progress);
                html.text(" · ");
                ticking(html, elapsed);
                if let Some(usual) = usual {
                    html.text(" · usually ").text(sentence::took(usual));
                }
            });
            underway(html, &progress.underway);
        });
}

/// Adds the reason for this build.
pub(crate) fn why(html: &mut Html, cause: &Cause) {
    let why = match cause {
        Cause::Changed(files) => return changed(html, files),
        Cause::Started => "First build: dependencies are compiled once.",
        Cause::Requested => "Requested by key or page.",
        Cause::RestartRequested => "Restart requested by key or page.",
        Cause::Crashed => "The app crashed and is started again.",
        Cause::Overflow => "More files changed at once than the system could report.",
    };
    html.leaf("p", "sub", why);
}

/// Adds the changed files.
fn changed(html: &mut Html, files: &ChangedFiles) {
    if files.len() == 1 {
        html.element("p", "sub", |html| {
            html.leaf("code", "", files).text(" changed.");
        });
        return;
    }
    html.tag("details")
        .attribute("class", "sub")
        .attribute("data-fold", "why")
        .flag("open", files.len() <= FEW)
        .around(|html| {
            let count = files.len();
            html.leaf("summary", "", format_args!("{count} files changed"));
            html.element("ul", "paths", |html| {
                for name in files.names().take(MANY) {
                    html.element("li", "", |html| {
                        html.leaf("code", "", name.display());
                    });
                }
                if count > MANY {
                    html.leaf("li", "", format_args!("and {} more", count - MANY));
                }
            });
        });
}

/// Adds a duration that the script keeps counting.
pub(crate) fn ticking(html: &mut Html, elapsed: Duration) {
    html.tag("span")
        .attribute("class", "ticks")
        .attribute("data-ticks", elapsed.as_millis())
        .holding(sentence::took(elapsed));
}

/// Adds the expected progress, judging by earlier builds: with a few crates, their number says little.
fn clock(html: &mut Html, elapsed: Duration, usual: Duration) {
    let (elapsed, usual) = (elapsed.as_millis(), usual.as_millis());
    html.tag("progress")
        .attribute("aria-label", "time compared with earlier builds")
        .attribute("max", usual)
        .attribute("value", elapsed)
        .attribute("data-ticks", elapsed)
        .holding("");
}

/// Adds the share of done crates among those that needed work.
fn bar(html: &mut Html, progress: &Progress) {
    if progress.total == 0 {
        html.raw("<progress aria-label=\"cargo is starting\"></progress>");
        return;
    }
    html.tag("progress")
        .attribute("aria-label", "crates built")
        .attribute(
            "max",
            progress.total - progress.fresh.min(progress.total - 1),
        )
        .attribute("value", progress.done.saturating_sub(progress.fresh))
        .holding("");
}

fn counted(html: &mut Html, progress: &Progress) {
    if !progress.hook.is_empty() {
        html.text("running ");
        prose::sentence(html, &progress.hook);
        return;
    }
    if progress.total == 0 {
        match progress.step.as_str() {
            "" => html.text("cargo is planning the build"),
            step => html.text("cargo is ").text(step),
        };
        return;
    }
    html.leaf("b", "", progress.done)
        .text(format_args!(" of {} crates", progress.total));
}

fn underway(html: &mut Html, underway: &Underway) {
    if !underway.now().is_empty() {
        html.tag("ul")
            .attribute("class", "crates")
            .attribute("aria-label", "compiling now")
            .around(|html| {
                for unit in underway.now() {
                    html.element("li", "", |html| {
                        html.text(spaced(&unit.name)).text(" ");
                        ticking(html, unit.since.elapsed());
                    });
                }
            });
    }
    let mut slow = underway
        .slowest()
        .iter()
        .filter(|done| done.took >= SLOW)
        .peekable();
    if slow.peek().is_some() {
        html.leaf("h2", "", "Slowest so far");
        html.element("ol", "slow", |html| {
            for done in slow {
                html.element("li", "", |html| {
                    html.leaf("code", "", spaced(&done.name))
                        .text(" ")
                        .text(sentence::took(done.took));
                });
            }
        });
    }
}

/// Returns `app (build)` for cargo's `app(build)`.
fn spaced(unit: &str) -> String {
    unit.replacen('(', " (", 1)
}

/// Adds the times of earlier builds.
fn before(html: &mut Html, history: &History) {
    let times = history.build_times();
    let (Some(shortest), Some(longest), Some(usual)) = (
        times.iter().min(),
        times.iter().max(),
        history.usual_build(),
    ) else {
        return;
    };
    html.element("figure", "before", |html| {
        // One long build must not make the others look alike.
        bars(html, &times, (*longest).min(usual * 2));
        let count = sentence::counted(times.len(), "build");
        let (shortest, longest) = (sentence::took(*shortest), sentence::took(*longest));
        html.element("figcaption", "", |html| {
            html.text(format_args!("The last {count} took {shortest}"));
            if shortest != longest {
                html.text(" to ").text(longest);
            }
        });
    });
}

/// Adds a bar for each time; `longest` has the full height.
fn bars(html: &mut Html, times: &[Duration], longest: Duration) {
    const HEIGHT: u128 = 24;
    let label: Vec<_> = times.iter().map(|time| sentence::took(*time)).collect();
    html.tag("svg")
        .attribute("role", "img")
        .attribute("width", times.len() * 8)
        .attribute("height", HEIGHT)
        .attribute("aria-label", label.join(", "))
        .around(|html| {
            for (index, time) in times.iter().enumerate() {
                let height = time.as_micros() * HEIGHT / longest.as_micros().max(1);
                let height = height.clamp(1, HEIGHT);
                html.tag("rect")
                    .attribute("x", index * 8)
                    .attribute("y", HEIGHT - height)
                    .attribute("width", 6)
                    .attribute("height", height)
                    .empty();
            }
        });
}

/// Adds the lock that cargo waits for, its holder, and a remedy.
fn blocked(html: &mut Html, blocked: &Blocked) {
    html.tag("section")
        .attribute("class", "card")
        .attribute("id", "blocked")
        .around(|html| {
            html.leaf("h2", "", "Another cargo is running");
            html.element("p", "", |html| {
                html.text("cargo waits for the ")
                    .leaf("b", "", &blocked.what);
                match &blocked.holder {
                    Some(holder) => html.text(", held by ").leaf("b", "", holder).text("."),
                    None => html
                        .text(", usually held by rust-analyzer or by a cargo in another terminal."),
                };
                html.text(" The build continues once the lock is released.");
            });
            if !blocked.is_of_build() {
                return;
            }
            let holder = blocked.holder.as_deref();
            let is_editor = holder.is_none_or(|holder| holder.contains("rust-analyzer"));
            let remedy = if is_editor { EDITOR_HOLDS } else { CARGO_HOLDS };
            html.element("p", "remedy", |html| prose::sentence(html, remedy));
        });
}
