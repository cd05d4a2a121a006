//! Characters that hide, reorder or control text, made visible and inert.

use std::fmt::{self, Display, Formatter, Write};

/// Displays a text with every character visible.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visible<'a>(pub(crate) &'a str);

impl Display for Visible<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| write(f, c))
    }
}

/// Displays a name or a title on one line, with every character visible: a file's name may contain anything except a slash.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OneLine<'a>(pub(crate) &'a str);

impl Display for OneLine<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '\n' => f.write_char('\u{240a}'),
            _ => write(f, c),
        })
    }
}

/// Writes `c` so that it is visible and has no effect. Line ends and tabs are kept.
pub(crate) fn write(out: &mut impl Write, c: char) -> fmt::Result {
    match c {
        '\n' | '\t' => out.write_char(c),
        // The pictures of the first 32 control characters start at U+2400.
        '\0'..='\x1f' => {
            out.write_char(char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'))
        }
        '\x7f' => out.write_char('\u{2421}'),
        '\u{80}'..='\u{9f}' => out.write_char('\u{fffd}'),
        _ if is_deceptive(c) => write!(out, "[U+{:04X}]", u32::from(c)),
        _ => out.write_char(c),
    }
}

/// Returns `true` for characters that reorder the text around them ("Trojan Source"), and for characters without width.
fn is_deceptive(c: char) -> bool {
    matches!(
        c,
        '\u{61c}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_shown() {
        for (text, shown) in [
            ("a\tb\nc", "a\tb\nc"),
            ("nul\0", "nul␀"),
            ("esc\x1b[2J", "esc␛[2J"),
            ("del\x7f", "del␡"),
            ("c1\u{9b}2J", "c1\u{fffd}2J"),
            ("admin\u{202e}nimda", "admin[U+202E]nimda"),
            ("zero\u{200b}width", "zero[U+200B]width"),
            ("é 漢 🦀", "é 漢 🦀"),
        ] {
            assert_eq!(Visible(text).to_string(), shown);
        }
    }

    #[test]
    fn a_name_stays_on_its_line() {
        let name = "src/a\n## error: forged\x1b[2J.rs";
        assert_eq!(OneLine(name).to_string(), "src/a␊## error: forged␛[2J.rs");
    }
}
