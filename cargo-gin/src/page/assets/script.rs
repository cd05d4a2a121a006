//! The scripts of pages, each joined with the parts that it shares with others.

use std::sync::LazyLock;

/// Defines `listen`, which subscribes to the dev server's events.
const EVENTS: &str = include_str!("events.js");

/// Definitions that our own pages share.
const FRAME: &str = include_str!("frame.js");

/// The script of a phase's page.
pub(crate) static PAGE: LazyLock<String> = LazyLock::new(|| own_script(include_str!("page.js")));

/// The script of the dashboard and of a request's page.
pub(crate) static DASHBOARD: LazyLock<String> =
    LazyLock::new(|| own_script(include_str!("dashboard.js")));

/// The script of an incident's page.
pub(crate) static INCIDENT: LazyLock<String> =
    LazyLock::new(|| own_script(include_str!("incident.js")));

/// Returns `page` after the parts that it calls, without comments, indentation and superfluous line ends, in a scope of its own.
pub(crate) fn script(page: &str) -> String {
    joined(&[EVENTS, page])
}

/// Returns the same for one of our own pages.
fn own_script(page: &str) -> String {
    joined(&[EVENTS, FRAME, page])
}

fn joined(parts: &[&str]) -> String {
    let lines = parts.iter().flat_map(|part| part.lines());
    let lines = lines.map(str::trim_start);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    let lines = lines.flat_map(|line| [line, line_end(line)]);
    format!("(() => {{{}}})();", lines.collect::<String>())
}

/// Returns the end of a line, which is superfluous after a sign that continues or ends a statement.
fn line_end(line: &str) -> &'static str {
    let may_end_in_comment = line.contains("//");
    if line.ends_with(['{', '(', '[', ',', ';']) && !may_end_in_comment {
        ""
    } else {
        "\n"
    }
}
