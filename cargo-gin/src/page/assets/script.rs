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

/// Returns `page` after the parts that it calls, without comments, superfluous spaces and line ends, in a scope of its own.
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
    let lines = lines.flat_map(|line| [compact(line), line_end(line).to_owned()]);
    format!("(() => {{{}}})();", lines.collect::<String>())
}

/// Signs that need no space beside them.
const SIGNS: &[char] = &[
    '=', '>', '<', '?', ':', ',', ';', '{', '}', '(', ')', '&', '|', '*',
];

/// Returns a line without superfluous spaces. One with text, an expression of a pattern or a comment stays.
fn compact(line: &str) -> String {
    if line.contains(['"', '\'', '`', '/']) {
        return line.to_owned();
    }
    let mut compact = String::new();
    let mut rest = line.chars().peekable();
    while let Some(next) = rest.next() {
        let is_beside_sign =
            compact.ends_with(SIGNS) || rest.peek().is_some_and(|next| SIGNS.contains(next));
        if next != ' ' || !is_beside_sign {
            compact.push(next);
        }
    }
    compact
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_beside_signs_are_left_out_where_no_text_can_contain_them() {
        for (line, expected) in [
            (
                "const at = (a, b) => a ?? { b };",
                "const at=(a,b)=>a??{b};",
            ),
            (
                "for (const a of b) if (a in c) return !a;",
                "for(const a of b)if(a in c)return !a;",
            ),
            ("a - -b + +c", "a - -b + +c"),
            ("say(\"a = b\", c);", "say(\"a = b\", c);"),
            ("a = b / c;", "a = b / c;"),
        ] {
            assert_eq!(compact(line), expected);
        }
    }
}
