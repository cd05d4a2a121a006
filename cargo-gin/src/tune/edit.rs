//! An edit of a source file: a statement in a function, as a save in an editor brings it.

use crate::tune::lexer::{Token, tokens};

/// A place in a function's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// The offset behind the brace that opens the body.
    offset: usize,
    /// The length of the body, in bytes.
    length: usize,
}

impl Spot {
    /// Returns the text with a statement that differs for each number. Its other lines stay the same.
    pub(super) fn edited(self, text: &str, number: u64) -> String {
        let (before, after) = text.split_at_checked(self.offset).unwrap_or((text, ""));
        // The compiler can neither warn of it nor remove it.
        format!("{before} let _ = ::core::hint::black_box({number}_u64);{after}")
    }

    /// Returns the number of its line, counted from 1.
    pub(super) fn line(self, text: &str) -> usize {
        let before = text.get(..self.offset).unwrap_or_default();
        before.matches('\n').count() + 1
    }
}

/// Returns places in the functions of a source file, those in long functions first. Functions of tests, of macros, and those that
/// run at compile time are left out.
pub(super) fn spots(text: &str) -> Vec<Spot> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let tokens = tokens(code);
    let mut spots = Vec::new();
    for start in 0..tokens.len() {
        let after_macro = |place: usize| is_word(&tokens, place, "macro_rules");
        if is_word(&tokens, start, "fn")
            && !(0..start).any(|place| after_macro(place) && end_of(&tokens, place) > start)
        {
            spots.extend(spot(&tokens, start));
        }
    }
    spots.sort_by_key(|spot| std::cmp::Reverse(spot.length));
    spots
}

/// Returns the place in the function whose `fn` is at `start`, if it has a body that can take a statement.
fn spot(tokens: &[Token<'_>], start: usize) -> Option<Spot> {
    let before = start.saturating_sub(4)..start;
    let ends = |token: &Token<'_>| matches!(token.text, ";" | "}" | "{" | "]");
    let qualifiers = tokens.get(before)?.iter().rev();
    let mut qualifiers = qualifiers.take_while(|token| !ends(token));
    if qualifiers.any(|token| token.text == "const") {
        return None;
    }
    // A type, `fn(u8) -> u8`, has no name.
    tokens.get(start + 1).filter(|token| token.is_word())?;
    let mut depth = 0_usize;
    for (place, token) in tokens.iter().enumerate().skip(start + 2) {
        match token.text {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.checked_sub(1)?,
            ";" if depth == 0 => return None,
            "{" if depth == 0 => {
                // An attribute of the body has to stay first.
                tokens.get(place + 1).filter(|next| next.text != "#")?;
                let offset = token.offset + 1;
                let end = tokens.get(end_of(tokens, place))?.offset;
                return Some(Spot {
                    offset,
                    length: end.saturating_sub(offset),
                });
            }
            _ => {}
        }
    }
    None
}

/// Returns the place of the brace that closes the first one at or behind `start`.
fn end_of(tokens: &[Token<'_>], start: usize) -> usize {
    let mut depth = 0_usize;
    for (place, token) in tokens.iter().enumerate().skip(start) {
        match token.text {
            "{" => depth += 1,
            "}" if depth <= 1 => return place,
            "}" => depth -= 1,
            _ => {}
        }
    }
    tokens.len()
}

fn is_word(tokens: &[Token<'_>], place: usize, word: &str) -> bool {
    tokens.get(place).is_some_and(|token| token.text == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Edits the first place in a text, with the number 7.
    fn edited(text: &str) -> Option<String> {
        let spot = spots(text).into_iter().next()?;
        let edited = spot.edited(text, 7);
        Some(edited.replace("let _ = ::core::hint::black_box(7_u64);", "EDIT"))
    }

    #[test]
    fn a_statement_is_added_to_the_longest_function() {
        for (text, expected) in [
            ("fn main() {}", Some("fn main() { EDIT}")),
            (
                "fn a() { 1 } fn b() -> u8 { 12 }",
                Some("fn a() { 1 } fn b() -> u8 { EDIT 12 }"),
            ),
            (
                "async fn a<T: Fn(u8)>(t: [u8; 2]) where T: X { t }",
                Some("async fn a<T: Fn(u8)>(t: [u8; 2]) where T: X { EDIT t }"),
            ),
            (
                "// fn x() {}\nfn a() { \"fn y() {\" }",
                Some("// fn x() {}\nfn a() { EDIT \"fn y() {\" }"),
            ),
            ("const fn a() {}", None),
            ("pub const unsafe fn a() {}", None),
            (
                "const A: u8 = 1; fn a() {}",
                Some("const A: u8 = 1; fn a() { EDIT}"),
            ),
            ("trait A { fn a(); }", None),
            ("type A = fn(u8) -> u8;", None),
            ("macro_rules! a { () => { fn a() { 1 } } }", None),
            ("fn a() { #![allow(x)] }", None),
            ("#[cfg(test)]\nmod tests { fn a() {} }", None),
            ("fn a(", None),
            ("", None),
        ] {
            assert_eq!(edited(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn lines_are_counted_from_one() {
        let text = "mod a;\n\nfn main() {\n}\n";
        let spot = spots(text)[0];
        assert_eq!(spot.line(text), 3);
        assert_eq!(spot.edited(text, 1).lines().count(), text.lines().count());
    }
}
