//! Diagnostics that are too long to be shown: a type that fills a megabyte, the output of a macro.
//!
//! This is the only bound for the length of a diagnostic. Every format shows the abridged one, and the whole text on demand.

use std::sync::Arc;

use crate::diagnostics::{Diagnostic, Expansion, Message, Span};

/// The most text of a diagnostic that is shown as it is: 128 KiB.
const LONGEST: usize = 128 << 10;
/// The text of an abridged diagnostic, without what was printed: 64 KiB.
const PARTS: usize = 64 << 10;
/// The beginning of the printed text that is shown.
const HEAD: usize = 32 << 10;
/// The end of the printed text that is shown: places and notes follow a long message.
const TAIL: usize = 8 << 10;
/// The longest title.
const TITLE: usize = 2 << 10;
/// The longest of all other texts, such as a note, a label, or a line of source.
const TEXT: usize = 4 << 10;
/// The text that every part takes in each format, besides its own.
const MARKUP: usize = 256;
/// The mark at the end of a text that is cut.
const ELLIPSIS: char = '…';

impl Diagnostic {
    /// Returns the length of everything that the formats show of it, in bytes.
    pub(super) fn length(&self) -> usize {
        self.package.len() + length(&self.message)
    }

    /// Shortens a diagnostic that is too long to be shown, and keeps its printed text whole aside.
    pub(super) fn abridge(&mut self) {
        if self.length() <= LONGEST {
            return;
        }
        let message = &mut self.message;
        let printed = message.rendered.take();
        let printed = printed.unwrap_or_else(|| message.message.clone());
        let mut allowance = Allowance(PARTS);
        allowance.cut(&mut self.package, TEXT);
        abridge(message, &mut allowance, TITLE);
        message.rendered = Some(ends(&printed));
        self.whole = Some(Arc::from(printed));
    }
}

/// The text that the parts of an abridged diagnostic may still take.
struct Allowance(usize);

impl Allowance {
    /// Cuts `text` to at most `most` bytes and to what is left. Returns `true` if it was too long.
    fn cut(&mut self, text: &mut String, most: usize) -> bool {
        let most = most.min(self.0);
        let is_long = text.len() > most;
        if is_long {
            text.truncate(boundary(text, most.saturating_sub(ELLIPSIS.len_utf8())));
            text.push(ELLIPSIS);
        }
        self.0 = self.0.saturating_sub(text.len());
        is_long
    }

    fn cut_if_any(&mut self, text: &mut Option<String>) -> bool {
        text.as_mut().is_some_and(|text| self.cut(text, TEXT))
    }

    /// Takes the room for one more part. Returns `false` if there is none.
    fn take(&mut self) -> bool {
        let is_left = self.0 >= MARKUP;
        self.0 = self.0.saturating_sub(MARKUP);
        is_left
    }

    /// Drops the parts for which no room is left, and shortens the others. Returns `true` if anything was too long.
    fn shorten<T>(
        &mut self,
        parts: &mut Vec<T>,
        mut shorten: impl FnMut(&mut Allowance, &mut T) -> bool,
    ) -> bool {
        let all = parts.len();
        let mut is_long = false;
        parts.retain_mut(|part| {
            let fits = self.take();
            is_long |= fits && shorten(self, part);
            fits
        });
        is_long || parts.len() < all
    }
}

/// Shortens a message, its title to at most `title`.
fn abridge(message: &mut Message, allowance: &mut Allowance, title: usize) {
    allowance.cut(&mut message.message, title);
    message.rendered = None;
    if let Some(code) = &mut message.code {
        allowance.cut(&mut code.code, TEXT);
        code.explanation = code.explanation.take().filter(|text| text.len() <= LONGEST);
    }
    if allowance.shorten(&mut message.spans, shorten_span) {
        // A part of a suggestion is another suggestion.
        for span in &mut message.spans {
            span.suggested_replacement = None;
        }
    }
    allowance.shorten(&mut message.children, |allowance, child| {
        abridge(child, allowance, TEXT);
        false
    });
}

fn shorten_span(allowance: &mut Allowance, span: &mut Span) -> bool {
    let mut is_long = allowance.cut(&mut span.file_name, TEXT);
    is_long |= allowance.cut_if_any(&mut span.suggested_replacement);
    is_long |= allowance.cut_if_any(&mut span.label);
    is_long |= allowance.shorten(&mut span.text, |allowance, line| {
        let is_long = allowance.cut(&mut line.text, TEXT);
        if is_long {
            let end = line.text.chars().count() + 1;
            line.highlight_start = line.highlight_start.min(end);
            line.highlight_end = line.highlight_end.min(end);
        }
        is_long
    });
    let has_room = span.expansion.is_none() || allowance.take();
    if !has_room {
        span.expansion = None;
    }
    if let Some(expansion) = &mut span.expansion {
        is_long |= shorten_expansion(allowance, expansion);
    }
    is_long || !has_room
}

fn shorten_expansion(allowance: &mut Allowance, expansion: &mut Expansion) -> bool {
    let mut is_long = allowance.cut(&mut expansion.macro_decl_name, TEXT);
    is_long |= shorten_span(allowance, &mut expansion.span);
    if let Some(definition) = &mut expansion.def_site_span {
        is_long |= shorten_span(allowance, definition);
    }
    is_long
}

fn length(message: &Message) -> usize {
    let rendered = message.rendered.as_ref().map_or(0, String::len);
    let spans: usize = message.spans.iter().map(span_length).sum();
    let children: usize = message.children.iter().map(length).sum();
    MARKUP + message.message.len() + rendered + spans + children
}

fn span_length(span: &Span) -> usize {
    let optional = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let lines = span.text.iter().map(|line| MARKUP + line.text.len());
    let texts = optional(&span.label) + optional(&span.suggested_replacement);
    let expansion = span.expansion.as_ref().map_or(0, |expansion| {
        let definition = expansion.def_site_span.as_ref().map_or(0, span_length);
        expansion.macro_decl_name.len() + span_length(&expansion.span) + definition
    });
    MARKUP + span.file_name.len() + texts + lines.sum::<usize>() + expansion
}

/// Returns the beginning and the end of a long text, with a line between them that names the length of the rest.
fn ends(text: &str) -> String {
    if text.len() <= HEAD + TAIL {
        return text.to_owned();
    }
    let (head, rest) = text.split_at(before_escape(text, HEAD));
    let (rest, tail) = rest.split_at(before_escape(rest, rest.len().saturating_sub(TAIL)));
    // The end starts with a line, if it has several.
    let (middle, tail) = tail.split_once('\n').unwrap_or(("", tail));
    let left_out = size(rest.len() + middle.len());
    let head = head.trim_end();
    format!("{head}\x1b[0m\n\n… {left_out} left out …\n\n{tail}")
}

/// Returns the last offset up to `at` at which `text` can be cut, outside characters and the escape sequences of colors.
fn before_escape(text: &str, at: usize) -> usize {
    let at = boundary(text, at);
    let before = text.get(..at).unwrap_or_default();
    match before.rsplit_once('\x1b') {
        Some((before, sequence)) if !sequence.contains('m') => before.len(),
        _ => at,
    }
}

/// Returns the last offset up to `at` that is not within a character.
fn boundary(text: &str, at: usize) -> usize {
    let mut before = (0..=at.min(text.len())).rev();
    before.find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Returns `12 KiB` or `9.5 MiB`.
pub(crate) fn size(bytes: usize) -> String {
    let kib = bytes.div_ceil(1 << 10);
    match kib {
        0..1024 => format!("{kib} KiB"),
        _ => format!("{}.{} MiB", kib / 1024, kib % 1024 * 10 / 1024),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::diagnostics::{Diagnostics, Origin};

    /// Returns what is kept of a message.
    fn kept(message: Value) -> Diagnostic {
        let mut diagnostics = Diagnostics::default();
        let message = serde_json::from_value(message).unwrap();
        diagnostics.push(Diagnostic::new(Origin::Rustc, "app", message));
        diagnostics.iter().next().unwrap().clone()
    }

    fn span(text: &[String], replacement: Option<&str>) -> Value {
        let line =
            |text| json!({ "text": text, "highlight_start": 3, "highlight_end": usize::MAX });
        json!({
            "file_name": "src/main.rs", "byte_start": 0, "byte_end": 4, "line_start": 1, "line_end": 1,
            "column_start": 1, "column_end": 5, "is_primary": true, "suggested_replacement": replacement,
            "text": text.iter().map(line).collect::<Vec<_>>(),
        })
    }

    #[test]
    fn a_diagnostic_of_any_shape_is_bounded() {
        let vast = "é".repeat(5 << 20);
        let many = vec!["é".to_owned(); 200_000];
        let mut nested = span(&[], None);
        for _ in 0..20 {
            let macro_name = "x".repeat(1 << 20);
            nested["expansion"] = json!({ "span": nested.clone(), "macro_decl_name": macro_name });
        }
        let spans = vec![span(&[], None); 100_000];
        let note = json!({ "message": vast, "level": "note", "rendered": vast });
        for (shape, message) in [
            ("title", json!({ "message": vast })),
            ("printed", json!({ "message": "no", "rendered": vast })),
            (
                "line",
                json!({ "message": "no", "spans": [span(std::slice::from_ref(&vast), None)] }),
            ),
            (
                "lines",
                json!({ "message": "no", "spans": [span(&many, None)] }),
            ),
            ("spans", json!({ "message": "no", "spans": spans })),
            ("macros", json!({ "message": "no", "spans": [nested] })),
            (
                "notes",
                json!({ "message": "no", "children": [note, note] }),
            ),
        ] {
            let mut message = message;
            message["level"] = "error".into();
            let kept = kept(message);
            let length = serde_json::to_string(&kept).unwrap().len();
            assert!(length < 2 * LONGEST, "{shape}: {length} bytes");
            assert!(kept.length() < LONGEST, "{shape}: {}", kept.length());
            assert!(kept.whole.is_some(), "{shape}");
        }
    }

    #[test]
    fn a_diagnostic_of_usual_length_stays_as_it_is() {
        let printed = "x".repeat(LONGEST / 2);
        let kept = kept(json!({ "message": "no", "level": "error", "rendered": printed }));
        assert_eq!(kept.message.rendered, Some(printed));
        assert!(kept.whole.is_none());
    }

    #[test]
    fn the_printed_text_keeps_both_ends_and_the_whole() {
        let printed = format!("error: first\n{}\nlast\n", "middle\n".repeat(100_000));
        let kept = kept(json!({ "message": "no", "level": "error", "rendered": printed }));
        let shown = kept.message.rendered.unwrap();
        assert!(shown.starts_with("error: first\nmiddle\n"), "{shown}");
        assert!(shown.ends_with("middle\n\nlast\n"), "{shown}");
        assert!(shown.contains("\n… 644 KiB left out …\n"), "{shown}");
        assert_eq!(kept.whole.as_deref(), Some(printed.as_str()));
    }

    #[test]
    fn a_cut_is_outside_of_characters_and_colors() {
        for shift in 0..12 {
            let printed = " ".repeat(shift) + &"é\x1b[38;5;9m".repeat(20_000);
            let shown = ends(&printed);
            let colors = shown.matches("\x1b[38;5;9m").count() + "\x1b[0m".matches('\x1b').count();
            assert_eq!(shown.matches('\x1b').count(), colors, "{shift}");
        }
    }

    #[test]
    fn a_suggestion_is_kept_whole_or_not_at_all() {
        let short = span(&["let".to_owned()], Some("var"));
        let vast = "x".repeat(2 * TEXT);
        let long = span(&["let".to_owned()], Some(&vast));
        for (parts, replacements) in [
            (vec![short.clone()], vec![Some("var")]),
            (vec![short, long], vec![None, None]),
        ] {
            let child = json!({ "message": "try", "level": "help", "spans": parts });
            let kept = kept(json!({
                "message": "no", "level": "error", "rendered": "x".repeat(2 * LONGEST), "children": [child],
            }));
            let spans = kept.message.children[0].spans.iter();
            let found: Vec<_> = spans
                .map(|span| span.suggested_replacement.as_deref())
                .collect();
            assert_eq!(found, replacements);
        }
    }

    #[test]
    fn a_size_has_a_unit() {
        for (bytes, expected) in [
            (1, "1 KiB"),
            (1023 << 10, "1023 KiB"),
            (1 << 20, "1.0 MiB"),
            ((1 << 20) + (512 << 10), "1.5 MiB"),
        ] {
            assert_eq!(size(bytes), expected);
        }
    }
}
