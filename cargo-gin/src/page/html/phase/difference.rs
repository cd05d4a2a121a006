//! Notes of several lines, with the differences between "expected" and "found" that rustc highlights.

use std::ops::Range;

use crate::page::html::markup::{Html, output, prose};
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
                note_line(&mut html, colored, plain.len() - text.len());
                lines = ahead;
            }
            _ => prose::sentence(&mut html, text),
        }
    }
    html
}

/// Adds the colored text from the byte `start` of its plain text on. Text in backticks is code.
fn note_line(html: &mut Html, colored: &str, start: usize) {
    let plain = ansi::strip(colored);
    let mut at = start;
    while let Some((before, quoted, _)) = prose::quoted(&plain[at..]) {
        let open = at + before.len();
        let code = open + 1..open + 1 + quoted.len();
        html.html(&output(&part(colored, at..open)));
        at = code.end + 1;
        html.element("code", "", |html| {
            html.html(&output(&part(colored, code)));
        });
    }
    html.html(&output(&part(colored, at..plain.len())));
}

/// Returns the colored text of a range of bytes of the plain text, in the colors that hold at its start.
fn part(colored: &str, range: Range<usize>) -> String {
    let mut at = 0;
    let mut out = String::new();
    for piece in ansi::pieces(colored) {
        match piece {
            Piece::Sgr(sgr) if at < range.end => out.extend(["\x1b[", sgr, "m"]),
            Piece::Sgr(_) => {}
            Piece::Text(text) => {
                let [from, to] =
                    [range.start, range.end].map(|end| end.saturating_sub(at).min(text.len()));
                out.push_str(text.get(from..to).unwrap_or_default());
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
        let expected = "expected enum <code>Option&lt;Vec&lt;<span class=\"b c5\">u8</span>&gt;&gt;</code>\n   \
                        found enum <code>Option&lt;Vec&lt;<span class=\"b c5\">u16</span>&gt;&gt;</code>";
        assert_eq!(html, expected);
    }

    #[test]
    fn a_highlight_may_reach_beyond_the_code() {
        let rendered = "  \x1b[1m= note\x1b[0m: a \x1b[35mb `c` d\x1b[0m ``e` `";
        let html = highlighted("a b `c` d ``e` `", rendered).into_string();
        let expected = "a <span class=\"c5\">b </span><code><span class=\"c5\">c</span></code>\
                        <span class=\"c5\"> d</span> ``e` `";
        assert_eq!(html, expected);
    }

    #[test]
    fn a_note_that_was_not_printed_stays_as_it_is() {
        let note = "expected `<a>`\n   found `é`\n\nend";
        for rendered in ["", "error: \u{1b}[1mother\u{1b}[0m", "é"] {
            let html = highlighted(note, rendered).into_string();
            let expected = "expected <code>&lt;a&gt;</code>\n   found <code>é</code>\n\nend";
            assert_eq!(html, expected);
        }
    }
}
