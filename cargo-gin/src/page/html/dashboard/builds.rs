//! The builds of a run, with their times as bars.

use std::time::Duration;

use crate::page::html::markup::{Html, fold};
use crate::page::html::phase::building::ticking;
use crate::page::words::sentence;
use crate::state::{Attempt, Phase, Status};

/// The number of builds that are shown unfolded.
const UNFOLDED: usize = 8;

/// The multiple of the median time beyond which a bar is cut off, so that the others stay distinguishable.
const CUT: u32 = 4;

/// Adds this build and the earlier ones, the newest first.
pub(crate) fn builds(html: &mut Html, status: &Status) {
    let past = status.history.iter().rev().cloned();
    let attempts: Vec<_> = std::iter::once(now(status)).chain(past).collect();
    let scale = scale(&attempts);
    html.tag("section")
        .attribute("id", "builds")
        .attribute("aria-labelledby", "builds-t")
        .around(|html| {
            heading(html, status);
            let (shown, folded) = attempts.split_at(attempts.len().min(UNFOLDED));
            list(html, shown, scale);
            if !folded.is_empty() {
                let summary = format!("{} earlier", folded.len());
                fold(html, "builds", summary, |html| list(html, folded, scale));
            }
        });
}

fn heading(html: &mut Html, status: &Status) {
    html.element("div", "heading", |html| {
        html.raw("<h2 class=\"sh\" id=\"builds-t\">Builds</h2>");
        if let Some(usual) = status.history.usual_build() {
            let usual = sentence::took(usual);
            html.leaf("span", "quiet", format_args!("usually {usual}"));
        }
    });
}

/// Returns this build. While it runs, its time is the time so far.
fn now(status: &Status) -> Attempt {
    let mut attempt = status.to_attempt();
    if let Phase::Building(_) = status.phase {
        attempt.timings.build = Some(status.since.elapsed());
    }
    attempt
}

fn list(html: &mut Html, attempts: &[Attempt], scale: Duration) {
    html.element("ol", "builds", |html| {
        for attempt in attempts {
            html.tag("li")
                .attribute("id", format_args!("b{}", attempt.number))
                .attribute("class", class(attempt.phase))
                .around(|html| row(html, attempt, scale));
        }
    });
}

fn row(html: &mut Html, attempt: &Attempt, scale: Duration) {
    html.element("p", "", |html| {
        html.element("span", "number", |html| {
            html.leaf("span", "vh", "build ").text(attempt.number);
        });
        html.text(" ").leaf("span", "why", &attempt.cause);
        html.text(" ").leaf("span", "end", ending(attempt));
    });
    bar(html, attempt, scale);
    html.element("p", "quiet", |html| {
        times(html, attempt);
        counts(html, attempt);
    });
}

/// Returns the name of the phase in which the build ended.
fn ending(attempt: &Attempt) -> &'static str {
    match (attempt.phase, attempt.timings.build) {
        ("building", None) => "cancelled",
        (phase, _) => phase,
    }
}

fn class(phase: &str) -> &'static str {
    match phase {
        "ready" | "idle" => "good",
        "failed" | "crashed" => "bad",
        _ => "busy",
    }
}

/// Adds a bar of two parts: the time of the build, and of the app's start.
fn bar(html: &mut Html, attempt: &Attempt, scale: Duration) {
    let build = attempt.timings.build.unwrap_or_default();
    let start = attempt.timings.start.unwrap_or_default();
    let is_cut = build + start > scale;
    let [width, more] = [build, build + start].map(|time| percent(time, scale));
    html.tag("svg")
        .attribute("class", if is_cut { "took cut" } else { "took" })
        .attribute("aria-hidden", "true")
        .around(|html| {
            html.tag("rect")
                .attribute("width", format_args!("{width}%"))
                .attribute("height", "100%")
                .empty();
            html.tag("rect")
                .attribute("class", "start")
                .attribute("x", format_args!("{width}%"))
                .attribute("width", format_args!("{}%", more - width))
                .attribute("height", "100%")
                .empty();
        });
}

fn times(html: &mut Html, attempt: &Attempt) {
    match (attempt.phase, attempt.timings.build) {
        ("building", Some(so_far)) => ticking(html.text("building for "), so_far),
        (phase, Some(build)) => {
            let what = match phase {
                "failed" => "failed after ",
                _ => "built in ",
            };
            html.text(what).text(sentence::took(build));
        }
        (phase, None) => {
            html.text(match phase {
                "building" => "by the next build",
                _ => "restarted without a build",
            });
        }
    }
    if let Some(start) = attempt.timings.start {
        html.text(", started in ").text(sentence::took(start));
    }
}

fn counts(html: &mut Html, attempt: &Attempt) {
    let counted = [
        (attempt.errors, "error", "badge no"),
        (attempt.warnings, "warning", "badge"),
    ];
    for (count, noun, badge) in counted {
        if count > 0 {
            let count = sentence::counted(count, noun);
            html.text(" ").leaf("span", badge, count);
        }
    }
}

/// Returns the time that a full bar stands for: the longest one that is not cut off.
fn scale(attempts: &[Attempt]) -> Duration {
    let mut times: Vec<_> = attempts.iter().filter_map(total).collect();
    times.sort_unstable();
    let most = times.get(times.len() / 2).copied().unwrap_or_default() * CUT;
    let longest = times.iter().rev().find(|time| **time <= most);
    longest.copied().unwrap_or_default()
}

/// Returns the time of the build and the start, as far as they happened.
fn total(attempt: &Attempt) -> Option<Duration> {
    Some(attempt.timings.build? + attempt.timings.start.unwrap_or_default())
}

fn percent(time: Duration, scale: Duration) -> u128 {
    let full = scale.as_micros().max(1);
    (time.as_micros() * 100 / full).min(100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::tests::sample;

    #[test]
    fn one_long_build_does_not_make_the_others_look_alike() {
        for (millis, scale_millis) in [
            (&[][..], 0),
            (&[700], 700),
            (&[800, 45_000], 45_000),
            (&[700, 800, 45_000], 800),
            (&[700, 45_000, 800, 2000, 900], 2000),
        ] {
            let expected = Duration::from_millis(scale_millis);
            let attempts: Vec<_> = millis.iter().copied().map(sample::attempt).collect();
            assert_eq!(scale(&attempts), expected, "{millis:?}");
        }
    }

    #[test]
    fn a_bar_never_exceeds_its_full_width() {
        let scale = Duration::from_secs(1);
        for (millis, expected) in [(0, 0), (5, 0), (430, 43), (1000, 100), (45_000, 100)] {
            assert_eq!(percent(Duration::from_millis(millis), scale), expected);
        }
        assert_eq!(percent(Duration::ZERO, Duration::ZERO), 0);
    }
}
