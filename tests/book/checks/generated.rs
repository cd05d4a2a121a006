//! Pages that are made from the guides in the documentation of gin-core, so that no table is written twice.

use std::fs;

use crate::text;

/// The variable that makes the test write the pages.
const UPDATE: &str = "UPDATE_BOOK";

#[test]
fn the_pages_for_users_of_gin_and_axum_are_those_of_the_documentation() {
    for (guide, file) in [
        ("coming_from_gin", "coming-from/gin.md"),
        ("coming_from_axum", "coming-from/axum.md"),
    ] {
        let source = text::root().join(format!("gin-core/src/guide/{guide}.rs"));
        let source = fs::read_to_string(source).expect("the guide can be read");
        let page = page(&source);
        let target = text::sources().join(file);
        if std::env::var_os(UPDATE).is_some() {
            fs::write(&target, &page).expect("the page can be written");
        }
        let found = fs::read_to_string(&target).unwrap_or_default();
        assert!(
            found == page,
            "docs/src/{file} is not that of gin-core/src/guide/{guide}.rs; this writes it:\n\
             {UPDATE}=1 cargo test -p gin-book --test checks generated"
        );
    }
}

/// Turns the documentation of a module into a page: its first line is the title, and links to items become their names.
fn page(source: &str) -> String {
    let docs = source
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line));
    let mut is_code = false;
    let lines = docs.enumerate().map(|(index, line)| {
        let is_fence = line.starts_with("```");
        is_code ^= is_fence;
        match line {
            // The documentation compiles it.
            "```" | "```ignore" | "```no_run" if is_code => "```rust,ignore".to_owned(),
            _ if is_code || is_fence => line.to_owned(),
            _ if index == 0 => format!("# {}", title(line)),
            _ if line.starts_with("# ") => format!("#{line}"),
            _ => unlinked(line),
        }
    });
    let text: Vec<String> = lines.collect();
    format!("{}\n", text.join("\n").trim_end())
}

/// Returns the title of a page from the first line of a guide: `gin-core for those who know axum.`
fn title(line: &str) -> String {
    let name = line.trim_end_matches('.').rsplit(' ').next();
    format!("Coming from {}", name.unwrap_or_default())
}

/// Replaces the links to items, `` [`Group::get`] `` and `` [`get`](crate::get) ``, by their text.
fn unlinked(line: &str) -> String {
    let (mut text, mut rest) = (String::new(), line);
    while let Some((before, inside)) = rest.split_once('[') {
        text.push_str(before);
        let is_code = inside.starts_with('`');
        let end = if is_code {
            inside.find("`]").map(|end| end + 1)
        } else {
            inside.find(']')
        };
        let end = end.filter(|end| {
            let after = &inside[end + 1..];
            !after.starts_with("(http") && (after.starts_with('(') || is_code)
        });
        let Some(end) = end else {
            text.push('[');
            rest = inside;
            continue;
        };
        text.push_str(&inside[..end]);
        rest = &inside[end + 1..];
        rest = without_target(rest);
    }
    text + rest
}

/// Removes the target in parentheses at the start, which may have parentheses of its own.
fn without_target(text: &str) -> &str {
    let mut depth = 0;
    let end = text.char_indices().find(|(_, character)| {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    match end {
        Some((end, ')')) => &text[end + 1..],
        _ => text,
    }
}

#[test]
fn links_to_items_become_their_names() {
    for (line, expected) in [
        (
            "[`Group::get`] and [`#[get]`](crate::get)",
            "`Group::get` and `#[get]`",
        ),
        ("see [routing](crate::routing).", "see routing."),
        (
            "[`gin::default()`](crate::default()) logs",
            "`gin::default()` logs",
        ),
        (
            "[gin](https://gin-gonic.com) [x]",
            "[gin](https://gin-gonic.com) [x]",
        ),
        ("| `a[0]` | [`B`] |", "| `a[0]` | `B` |"),
    ] {
        assert_eq!(unlinked(line), expected, "{line}");
    }
}
