//! Terminal escape sequences in foreign text: colors are interpreted, all others are dropped.

/// A piece of colored text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Text without escape sequences.
    Text(&'a str),
    /// The parameters of a "select graphic rendition": `1;31` of `ESC [ 1 ; 31 m`.
    Sgr(&'a str),
}

/// Splits `text` into its pieces. Escape sequences other than colors are left out.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let start = rest
                .find(['\x1b', '\u{9b}', '\u{9d}', '\u{90}'])
                .unwrap_or(rest.len());
            if start > 0 {
                let (piece, after) = rest.split_at(start);
                rest = after;
                return Some(Piece::Text(piece));
            }
            if rest.is_empty() {
                return None;
            }
            let (sgr, after) = escape(rest);
            rest = after;
            if let Some(sgr) = sgr {
                return Some(Piece::Sgr(sgr));
            }
        }
    })
}

/// Returns `text` without its escape sequences.
pub(crate) fn strip(text: &str) -> String {
    pieces(text)
        .filter_map(|piece| match piece {
            Piece::Text(text) => Some(text),
            Piece::Sgr(_) => None,
        })
        .collect()
}

/// Reads the escape sequence that `text` starts with. Returns its parameters if it sets colors, and the rest of the text.
fn escape(text: &str) -> (Option<&str>, &str) {
    let mut chars = text.chars();
    let kind = match chars.next() {
        Some('\x1b') => chars.next(),
        Some('\u{9b}') => Some('['),
        _ => Some(']'),
    };
    let rest = chars.as_str();
    match kind {
        Some('[') => control_sequence(rest),
        // ECMA-48 §5.6: these open strings that a "string terminator" closes; xterm also accepts BEL.
        Some(']' | 'P' | 'X' | '^' | '_') => (None, after_string(rest)),
        Some('(' | ')' | '#' | '%' | ' ') => {
            chars.next();
            (None, chars.as_str())
        }
        _ => (None, rest),
    }
}

fn control_sequence(text: &str) -> (Option<&str>, &str) {
    let end = text
        .find(|c: char| !matches!(c, ' '..='?'))
        .unwrap_or(text.len());
    let (parameters, rest) = text.split_at(end);
    let mut chars = rest.chars();
    match chars.next() {
        Some('m')
            if parameters
                .bytes()
                .all(|b| matches!(b, b'0'..=b'9' | b';' | b':')) =>
        {
            (Some(parameters), chars.as_str())
        }
        Some('@'..='~') => (None, chars.as_str()),
        _ => (None, rest),
    }
}

/// Returns the text after the string that `text` begins within. An unclosed string ends with its line.
fn after_string(text: &str) -> &str {
    let Some(end) = text.find(['\x07', '\x1b', '\u{9c}', '\n']) else {
        return "";
    };
    let rest = &text[end..];
    match rest.strip_prefix(['\x07', '\u{9c}']) {
        Some(after) => after,
        None => rest.strip_prefix("\x1b\\").unwrap_or(rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_are_removed() {
        for (text, stripped) in [
            ("plain", "plain"),
            ("\x1b[1;31mred\x1b[0m!", "red!"),
            ("\x1b[2J\x1b[Hcleared", "cleared"),
            ("\x1b]8;;https://x.io\x07link\x1b]8;;\x07", "link"),
            ("\x1b]0;title\x1b\\after", "after"),
            ("\x1bPdcs\x1b\\after", "after"),
            ("\u{9b}31mred", "red"),
            ("open\x1b]0;never closed", "open"),
            ("cut\x1b[31", "cut"),
            ("cut\x1b", "cut"),
            ("\x1b(Bascii", "ascii"),
            ("\x1b(élost", "lost"),
            ("\x1b(", ""),
            ("\x1b[?25lhidden", "hidden"),
        ] {
            assert_eq!(strip(text), stripped, "{text:?}");
        }
    }

    #[test]
    fn colors_are_pieces_of_their_own() {
        let pieces: Vec<_> = pieces("\x1b[1;31mred\x1b[mplain").collect();
        assert_eq!(
            pieces,
            [
                Piece::Sgr("1;31"),
                Piece::Text("red"),
                Piece::Sgr(""),
                Piece::Text("plain")
            ]
        );
    }
}
