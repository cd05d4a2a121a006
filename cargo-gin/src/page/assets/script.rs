//! The scripts of pages, each with what it shares with the others.

use std::sync::LazyLock;

/// `listen`, by which a page hears of news.
const EVENTS: &str = include_str!("events.js");

/// What the pages of ours share.
const FRAME: &str = include_str!("frame.js");

/// The script of a phase's page.
pub(crate) static PAGE: LazyLock<String> = LazyLock::new(|| own_script(include_str!("page.js")));

/// The script of the dashboard and of a request's page.
pub(crate) static DASHBOARD: LazyLock<String> =
    LazyLock::new(|| own_script(include_str!("dashboard.js")));

/// The script of an incident's page.
pub(crate) static INCIDENT: LazyLock<String> =
    LazyLock::new(|| own_script(include_str!("incident.js")));

/// `page` after what it calls, without comments and indentation. No name of it is seen by other scripts of its page.
pub(crate) fn script(page: &str) -> String {
    joined(&[EVENTS, page])
}

/// The same for a page of ours.
fn own_script(page: &str) -> String {
    joined(&[EVENTS, FRAME, page])
}

fn joined(parts: &[&str]) -> String {
    let lines = parts.iter().flat_map(|part| part.lines());
    let lines = lines.map(str::trim_start);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    format!(
        "(() => {{\n{}\n}})();",
        lines.collect::<Vec<_>>().join("\n")
    )
}
