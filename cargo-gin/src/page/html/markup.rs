//! HTML under construction: markup goes in as constants, everything else escaped.

use std::fmt::{self, Display, Write};

use crate::page::visible;

/// A piece of HTML. What others wrote can get into it only through [`Html::text`], which makes it inert.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Html(String);

impl Html {
    /// An empty piece.
    pub(super) fn new() -> Html {
        Html::default()
    }

    /// Adds markup of ours.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Html {
        self.0.push_str(markup);
        self
    }

    /// Adds text, escaped for elements and for quoted attributes alike.
    pub(super) fn text(&mut self, text: impl Display) -> &mut Html {
        // Writing to a `String` can't fail.
        let _ = write!(Escaped(&mut self.0), "{text}");
        self
    }

    /// Adds another piece.
    pub(super) fn html(&mut self, piece: &Html) -> &mut Html {
        self.0.push_str(&piece.0);
        self
    }

    /// The finished HTML.
    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

/// Escapes whatever is written to it.
struct Escaped<'a>(&'a mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                _ => visible::write(self.0, c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_inert_in_elements_and_in_attributes() {
        for (text, html) in [
            (
                "<script>alert(1)</script>",
                "&lt;script&gt;alert(1)&lt;/script&gt;",
            ),
            ("\" onload=\"x", "&quot; onload=&quot;x"),
            ("' onload='x", "&#39; onload=&#39;x"),
            ("a && b", "a &amp;&amp; b"),
            ("\0\u{202e}", "␀[U+202E]"),
        ] {
            let mut piece = Html::new();
            piece.text(text);
            assert_eq!(piece.into_string(), html);
        }
    }
}
