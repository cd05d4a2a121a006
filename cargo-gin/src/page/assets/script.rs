//! The scripts of pages, each with what it shares with the others.

/// `listen`, by which a page hears of news.
const EVENTS: &str = include_str!("events.js");

/// What the pages of ours share.
const FRAME: &str = include_str!("frame.js");

/// `page` after what it calls, without comments and indentation. No name of it is seen by other scripts of its page.
pub(crate) fn script(page: &str) -> String {
    joined(&[EVENTS, page])
}

/// The same for a page of ours.
pub(crate) fn own_script(page: &str) -> String {
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
