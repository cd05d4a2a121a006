//! A phase in the panel over the app's pages: colored pieces of text, from which a script builds elements. The policies of such a page
//! may forbid markup.

use serde_json::{Value, json};

use crate::editor::{FileList, Spot};
use crate::page::format::Color;
use crate::page::formats::PhaseText;
use crate::page::html::markup::Style;
use crate::page::html::source::SourceFiles;
use crate::page::words::ansi::{self, Piece};
use crate::state::{Phase, Status};

/// The declarations of a place, which is a button.
const PLACE: &str = "display:inline;padding:0;cursor:pointer;text-decoration:underline";

/// Text before a place: of rustc's messages, of its further files, and of panics.
const INTRODUCTIONS: [&str; 3] = ["--> ", "::: ", " at "];

/// Returns the body of `GET /__gin/panel`: a list of pieces, each with its text, its CSS declarations, and the id of its place or null.
pub(crate) fn panel_json(status: &Status) -> Value {
    let color = Color::Ansi;
    let text = PhaseText { status, color }.to_string();
    let lists = lists(status);
    let mut style = Style::default();
    let mut pieces = Vec::new();
    for piece in ansi::pieces(&text) {
        match piece {
            Piece::Sgr(parameters) => style.apply(parameters),
            Piece::Text(text) => {
                let lines = text.split_inclusive('\n');
                pieces.extend(lines.flat_map(|line| parts(line, &style.declarations(), &lists)));
            }
        }
    }
    Value::Array(pieces)
}

/// Returns the files to which a place in the text can belong.
fn lists(status: &Status) -> Vec<SourceFiles<'_>> {
    let diagnostics = SourceFiles::new(status.diagnostics.sources(), FileList::Diagnostics);
    let mut lists = vec![diagnostics];
    if let Phase::Crashed(exit) = &status.phase {
        lists.push(SourceFiles::new(&exit.sources, FileList::Exit));
    }
    lists
}

/// Returns the pieces of a line: what precedes a place at its end, the place, and the rest.
fn parts(line: &str, style: &str, lists: &[SourceFiles<'_>]) -> Vec<Value> {
    let plain = |text: &str| json!([text, style, null]);
    let starts = INTRODUCTIONS
        .iter()
        .filter_map(|introduction| Some(line.rfind(introduction)? + introduction.len()));
    let (before, rest) = line.split_at(starts.max().unwrap_or_default());
    let place = rest.trim_end().trim_end_matches(':');
    let Some(spot) = lists.iter().find_map(|files| spot(place, files)) else {
        return vec![plain(line)];
    };
    let pieces = [
        plain(before),
        json!([place, PLACE, spot.to_string()]),
        plain(&rest[place.len()..]),
    ];
    pieces.into_iter().filter(|piece| piece[0] != "").collect()
}

/// Returns the id of `src/main.rs:3:5`, if it is a place in one of the files.
fn spot(place: &str, files: &SourceFiles<'_>) -> Option<Spot> {
    let mut parts = place.rsplitn(3, ':');
    let column = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    files.spot(parts.next()?, line, column)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Source, Sources};

    #[test]
    fn places_at_the_end_of_a_line_have_an_id() {
        let file = ("src/a b.rs".to_owned(), Source::new("one\ntwo\n"));
        let sources: Sources = [file].into_iter().collect();
        let lists = [SourceFiles::new(&sources, FileList::Exit)];
        for (line, expected) in [
            (
                "src/a b.rs:2:1\n",
                json!([["src/a b.rs:2:1", PLACE, "x0:2:1"], ["\n", "s", null]]),
            ),
            (
                "  --> src/a b.rs:1:2",
                json!([["  --> ", "s", null], ["src/a b.rs:1:2", PLACE, "x0:1:2"]]),
            ),
            (
                "thread 'main' panicked at src/a b.rs:1:2:\n",
                json!([
                    ["thread 'main' panicked at ", "s", null],
                    ["src/a b.rs:1:2", PLACE, "x0:1:2"],
                    [":\n", "s", null]
                ]),
            ),
            ("src/a b.rs:9:1", json!([["src/a b.rs:9:1", "s", null]])),
            ("/etc/passwd:1:1", json!([["/etc/passwd:1:1", "s", null]])),
            ("é at :1:1", json!([["é at :1:1", "s", null]])),
        ] {
            assert_eq!(Value::Array(parts(line, "s", &lists)), expected, "{line}");
        }
    }
}
