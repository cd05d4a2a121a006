//! Comparison of text without regard to case, by Unicode's simple case folding.

/// Returns `true` if `a` and `b` are equal except for the case of letters.
pub(crate) fn is_same_folded(a: &str, b: &str) -> bool {
    a.chars().map(fold).eq(b.chars().map(fold))
}

/// Returns `text` without `prefix` if it starts with it, except for the case of letters.
pub(crate) fn strip_prefix_folded<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let mut rest = text.chars();
    prefix
        .chars()
        .all(|c| rest.next().is_some_and(|other| fold(c) == fold(other)))
        .then_some(rest.as_str())
}

fn fold(c: char) -> char {
    // Only the Turkic folding maps a dotless ı to an i (CaseFolding.txt, status T).
    if c == 'ı' {
        return c;
    }
    let upper = only(c.to_uppercase()).unwrap_or(c);
    only(upper.to_lowercase()).unwrap_or(upper)
}

fn only(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next()?;
    chars.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_all_alphabets_are_folded() {
        for (a, b) in [
            ("Hello", "hELLO"),
            ("Π", "π"),
            ("ÄPFÊL", "äpfêl"),
            ("\u{212a}", "k"),
            ("ſ", "S"),
            ("ς", "Σ"),
            ("ẞ", "ß"),
        ] {
            assert!(is_same_folded(a, b), "{a} {b}");
        }
        for (a, b) in [("a", "b"), ("ı", "i"), ("ss", "ß"), ("a", "aa"), ("é", "e")] {
            assert!(!is_same_folded(a, b), "{a} {b}");
        }
    }
}
