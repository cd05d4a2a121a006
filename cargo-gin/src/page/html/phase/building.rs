//! What there is to see while cargo runs.

use std::time::Duration;

use crate::page::html::markup::{Html, prose};
use crate::page::words::sentence;
use crate::state::{Blocked, Cause, ChangedFiles, History, Progress, Status, Underway};

/// So many files are shown unfolded.
const FEW: usize = 5;

/// So many files are named, the others are counted.
const MANY: usize = 100;

/// A crate that took less says nothing about what is slow.
const SLOW: Duration = Duration::from_millis(500);

/// Adds how far cargo has come, what takes the time, and how long the builds before took.
pub(crate) fn building(html: &mut Html, progress: &Progress, status: &Status) {
    self::progress(html, progress, status);
    if progress.blocked.is_none() {
        before(html, &status.history);
    }
}

/// Adds how far cargo has come, and what takes the time.
pub(crate) fn progress(html: &mut Html, progress: &Progress, status: &Status) {
    if let Some(blocked) = &progress.blocked {
        self::blocked(html, blocked);
        return;
    }
    let elapsed = status.since.elapsed();
    let usual = status.history.usual_build();
    html.raw("<section class=\"card wait\" id=\"progress\" aria-label=\"progress\">");
    match usual {
        Some(usual) if elapsed < usual => clock(html, elapsed, usual),
        _ => bar(html, progress),
    }
    html.raw("<p>");
    counted(html, progress);
    html.raw(" · ");
    ticking(html, elapsed);
    if let Some(usual) = usual {
        html.raw(" · usually ").text(sentence::took(usual));
    }
    html.raw("</p>");
    underway(html, &progress.underway);
    html.raw("</section>");
}

/// Adds why this build runs.
pub(crate) fn why(html: &mut Html, cause: &Cause) {
    let why = match cause {
        Cause::Changed(files) => return changed(html, files),
        Cause::Started => "The first build of this run: it compiles what all later ones share.",
        Cause::Requested => "Somebody asked for it, by key or from a page.",
        Cause::Overflow => "More files changed at once than the system could tell which.",
    };
    html.raw("<p class=\"sub\">").raw(why).raw("</p>");
}

/// Adds the files that have changed.
fn changed(html: &mut Html, files: &ChangedFiles) {
    if files.len() == 1 {
        html.raw("<p class=\"sub\"><code>")
            .text(files)
            .raw("</code> changed.</p>");
        return;
    }
    html.raw("<details class=\"sub\" data-fold=\"why\"")
        .raw(if files.len() > FEW { "" } else { " open" })
        .raw("><summary>")
        .text(files.len())
        .raw(" files changed</summary><ul class=\"paths\">");
    for path in files.iter().take(MANY) {
        html.raw("<li><code>")
            .text(path.display())
            .raw("</code></li>");
    }
    if files.len() > MANY {
        html.raw("<li>and ")
            .text(files.len() - MANY)
            .raw(" more</li>");
    }
    html.raw("</ul></details>");
}

/// A duration that goes on while the page is looked at.
pub(crate) fn ticking(html: &mut Html, elapsed: Duration) {
    html.raw("<span class=\"ticks\" data-ticks=\"")
        .text(elapsed.as_millis())
        .raw("\">")
        .text(sentence::took(elapsed))
        .raw("</span>");
}

/// How far it should have come, judging by the builds before: of a few crates their number tells little.
fn clock(html: &mut Html, elapsed: Duration, usual: Duration) {
    let (elapsed, usual) = (elapsed.as_millis(), usual.as_millis());
    html.raw("<progress aria-label=\"time, compared with other builds\" max=\"")
        .text(usual)
        .raw("\" value=\"")
        .text(elapsed)
        .raw("\" data-ticks=\"")
        .text(elapsed)
        .raw("\"></progress>");
}

/// How many of the crates are done that needed work.
fn bar(html: &mut Html, progress: &Progress) {
    if progress.total == 0 {
        html.raw("<progress aria-label=\"cargo starts\"></progress>");
        return;
    }
    html.raw("<progress aria-label=\"crates built\" max=\"")
        .text(progress.total - progress.fresh.min(progress.total - 1))
        .raw("\" value=\"")
        .text(progress.done.saturating_sub(progress.fresh))
        .raw("\"></progress>");
}

fn counted(html: &mut Html, progress: &Progress) {
    if progress.total == 0 {
        html.raw("cargo looks what is to be done");
        return;
    }
    html.raw("<b>")
        .text(progress.done)
        .raw("</b> of ")
        .text(progress.total)
        .raw(" crates");
}

fn underway(html: &mut Html, underway: &Underway) {
    if !underway.now().is_empty() {
        html.raw("<ul class=\"crates\" aria-label=\"compiling now\">");
        for unit in underway.now() {
            html.raw("<li>").text(spaced(&unit.name)).raw(" ");
            ticking(html, unit.since.elapsed());
            html.raw("</li>");
        }
        html.raw("</ul>");
    }
    let mut slow = underway
        .slowest()
        .iter()
        .filter(|done| done.took >= SLOW)
        .peekable();
    if slow.peek().is_some() {
        html.raw("<h2>Slowest so far</h2><ol class=\"slow\">");
        for done in slow {
            html.raw("<li><code>")
                .text(spaced(&done.name))
                .raw("</code> ")
                .text(sentence::took(done.took))
                .raw("</li>");
        }
        html.raw("</ol>");
    }
}

/// `app (build)` for what cargo calls `app(build)`.
fn spaced(unit: &str) -> String {
    unit.replacen('(', " (", 1)
}

/// Adds how long the builds before this one took.
fn before(html: &mut Html, history: &History) {
    let times = history.build_times();
    let (Some(shortest), Some(longest), Some(usual)) = (
        times.iter().min(),
        times.iter().max(),
        history.usual_build(),
    ) else {
        return;
    };
    html.raw("<figure class=\"before\">");
    // One long build is not to make the others look alike.
    bars(html, &times, (*longest).min(usual * 2));
    let (shortest, longest) = (sentence::took(*shortest), sentence::took(*longest));
    html.raw("<figcaption>The last ")
        .text(sentence::counted(times.len(), "build"))
        .raw(" took ")
        .text(&shortest);
    if shortest != longest {
        html.raw(" to ").text(longest);
    }
    html.raw("</figcaption></figure>");
}

/// A bar for each time, of which `whole` is as high as can be.
fn bars(html: &mut Html, times: &[Duration], whole: Duration) {
    const HEIGHT: u128 = 24;
    let said: Vec<_> = times.iter().map(|time| sentence::took(*time)).collect();
    html.raw("<svg role=\"img\" width=\"")
        .text(times.len() * 8)
        .raw("\" height=\"")
        .text(HEIGHT)
        .raw("\" aria-label=\"")
        .text(said.join(", "))
        .raw("\">");
    for (index, time) in times.iter().enumerate() {
        let height = time.as_micros() * HEIGHT / whole.as_micros().max(1);
        let height = height.clamp(1, HEIGHT);
        html.raw("<rect x=\"")
            .text(index * 8)
            .raw("\" y=\"")
            .text(HEIGHT - height)
            .raw("\" width=\"6\" height=\"")
            .text(height)
            .raw("\"/>");
    }
    html.raw("</svg>");
}

/// Adds who has what cargo waits for, and what to do about it.
fn blocked(html: &mut Html, blocked: &Blocked) {
    html.raw("<section class=\"card\" id=\"blocked\"><h2>Another cargo is at work</h2><p>cargo waits for the <b>")
        .text(&blocked.what)
        .raw("</b>");
    match &blocked.holder {
        Some(holder) => html.raw(", which <b>").text(holder).raw("</b> has. "),
        None => {
            html.raw(". Most often it is held by rust-analyzer or by a cargo in another terminal. ")
        }
    };
    html.raw("It goes on by itself as soon as the lock is free.</p><p class=\"remedy\">");
    prose::sentence(
        html,
        "To stop them from waiting for each other, give rust-analyzer a folder of its own: \
         `\"rust-analyzer.cargo.targetDir\": true` in the editor's settings; or give one to this app: `cargo gin dev --target-dir target/gin`.",
    );
    html.raw("</p></section>");
}
