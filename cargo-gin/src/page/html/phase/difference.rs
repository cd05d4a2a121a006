//! Notes of several lines, with the differences between "expected" and "found" that rustc highlights.

use crate::page::html::markup::{Html, output};
use crate::page::words::ansi::{self, Piece};

/// Returns a note with the highlights of its lines in `rendered`, the output of rustc that has the note.
pub(crate) fn highlighted(note: &str, rendered: &str) -> Html {
    let lines = rendered.lines().map(|line| (line, ansi::strip(line)));
    let mut lines = lines.collect::<Vec<_>>().into_iter();
    let mut html = Html::new();
    for (number, line) in note.lines().enumerate() {
        if number > 0 {
            html.text("\n");
        }
        let text = line.trim_start();
        let indentation = &line[..line.len() - text.len()];
        html.text(indentation);
        // The lines of a note follow each other, so that the search goes on where it ended.
        let mut ahead = lines.clone();
        match ahead.find(|(_, plain)| plain.ends_with(text)) {
            Some((colored, plain)) if !text.is_empty() => {
                html.html(&output(&colored_from(colored, plain.len() - text.len())));
                lines = ahead;
            }
            _ => {
                html.text(text);
            }
        }
    }
    html
}

/// Returns the colored text from the byte `start` of its plain text on.
fn colored_from(colored: &str, start: usize) -> String {
    let mut at = 0;
    let mut out = String::new();
    for piece in ansi::pieces(colored) {
        match piece {
            Piece::Sgr(sgr) if at >= start => out.extend(["\x1b[", sgr, "m"]),
            Piece::Sgr(_) => {}
            Piece::Text(text) => {
                let cut = start.saturating_sub(at).min(text.len());
                out.push_str(text.get(cut..).unwrap_or_default());
                at += text.len();
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_types_that_differ_are_highlighted() {
        let note = "expected enum `Option<Vec<u8>>`\n   found enum `Option<Vec<u16>>`";
        let rendered = "error: mismatched types\n  \x1b[1m\x1b[94m= \x1b[0m\x1b[1mnote\x1b[0m: expected enum \
                        `Option<Vec<\x1b[1m\x1b[35mu8\x1b[0m>>`\n             found enum `Option<Vec<\x1b[1m\x1b[35mu16\x1b[0m>>`\n";
        let html = highlighted(note, rendered).into_string();
        let expected = "expected enum `Option&lt;Vec&lt;<span class=\"b c5\">u8</span>&gt;&gt;`\n   \
                        found enum `Option&lt;Vec&lt;<span class=\"b c5\">u16</span>&gt;&gt;`";
        assert_eq!(html, expected);
    }

    #[test]
    fn a_note_that_was_not_printed_stays_as_it_is() {
        let note = "expected `<a>`\n   found `é`\n\nend";
        for rendered in ["", "error: \u{1b}[1mother\u{1b}[0m", "é"] {
            let html = highlighted(note, rendered).into_string();
            assert_eq!(html, "expected `&lt;a&gt;`\n   found `é`\n\nend");
        }
    }
}
