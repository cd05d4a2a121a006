//! HTML under construction: constants go in as they are, everything else is escaped.

use std::fmt::{self, Display, Write};

use crate::page::words::visible;

/// A piece of HTML. Foreign text gets in only through [`Html::text`] and as the value of an attribute, which escape it:
/// tags, classes and markup are constants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Html(String);

impl Html {
    pub(crate) fn new() -> Html {
        Html::default()
    }

    /// Adds constant markup, which closes all elements that it opens.
    pub(crate) fn raw(&mut self, markup: &'static str) -> &mut Html {
        self.0.push_str(markup);
        self
    }

    /// Adds text, escaped for elements and for quoted attributes alike.
    pub(crate) fn text(&mut self, text: impl Display) -> &mut Html {
        // Writing to a `String` cannot fail.
        let _ = write!(Escaped(&mut self.0), "{text}");
        self
    }

    /// Adds another piece.
    pub(crate) fn html(&mut self, piece: &Html) -> &mut Html {
        self.0.push_str(&piece.0);
        self
    }

    /// Adds an element with the content that `inside` adds. With an empty `class` it has none.
    pub(crate) fn element(
        &mut self,
        tag: &'static str,
        class: &'static str,
        inside: impl FnOnce(&mut Html),
    ) -> &mut Html {
        self.raw("<").raw(tag);
        if !class.is_empty() {
            self.raw(" class=\"").raw(class).raw("\"");
        }
        self.raw(">");
        inside(self);
        self.raw("</").raw(tag).raw(">")
    }

    /// Adds an element that contains only text.
    pub(crate) fn leaf(
        &mut self,
        tag: &'static str,
        class: &'static str,
        text: impl Display,
    ) -> &mut Html {
        self.element(tag, class, |html| {
            html.text(text);
        })
    }

    /// Starts an element with attributes. It is added together with its content, so that none stays open.
    pub(crate) fn tag(&mut self, tag: &'static str) -> Element<'_> {
        Element {
            html: self,
            tag,
            attributes: Html::new(),
        }
    }

    /// Returns the finished HTML.
    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

/// An element whose content is still missing.
#[must_use = "an element is added by `around`, `holding` or `empty`"]
pub(crate) struct Element<'a> {
    html: &'a mut Html,
    tag: &'static str,
    attributes: Html,
}

impl<'a> Element<'a> {
    /// Sets an attribute, whose value is escaped.
    pub(crate) fn attribute(mut self, name: &'static str, value: impl Display) -> Element<'a> {
        self.attributes.raw(" ").raw(name).raw("=\"");
        self.attributes.text(value).raw("\"");
        self
    }

    /// Sets an attribute if there is a value.
    pub(crate) fn optional(self, name: &'static str, value: Option<impl Display>) -> Element<'a> {
        match value {
            Some(value) => self.attribute(name, value),
            None => self,
        }
    }

    /// Sets an attribute without a value if `is_set`.
    pub(crate) fn flag(mut self, name: &'static str, is_set: bool) -> Element<'a> {
        if is_set {
            self.attributes.raw(" ").raw(name);
        }
        self
    }

    /// Adds the element with the content that `inside` adds.
    pub(crate) fn around(self, inside: impl FnOnce(&mut Html)) -> &'a mut Html {
        let Element {
            html,
            tag,
            attributes,
        } = self;
        html.raw("<").raw(tag).html(&attributes).raw(">");
        inside(html);
        html.raw("</").raw(tag).raw(">")
    }

    /// Adds the element with text as its only content.
    pub(crate) fn holding(self, text: impl Display) -> &'a mut Html {
        self.around(|html| {
            html.text(text);
        })
    }

    /// Adds the element without content, as SVG writes it.
    pub(crate) fn empty(self) -> &'a mut Html {
        let Element {
            html,
            tag,
            attributes,
        } = self;
        html.raw("<").raw(tag).html(&attributes).raw("/>")
    }
}

/// Escapes the text that is written to it.
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

    #[test]
    fn elements_close_what_they_open() {
        let mut html = Html::new();
        html.element("p", "", |html| {
            html.leaf("b", "x", "<1>");
        });
        html.tag("a")
            .attribute("href", "\"&")
            .optional("title", None::<&str>)
            .flag("hidden", false)
            .holding("2");
        html.tag("rect").attribute("x", 3).empty();
        assert_eq!(
            html.into_string(),
            "<p><b class=\"x\">&lt;1&gt;</b></p><a href=\"&quot;&amp;\">2</a><rect x=\"3\"/>"
        );
    }
}
