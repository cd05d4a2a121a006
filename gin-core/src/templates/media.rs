//! The media type of a template, which its name decides.

use http::HeaderValue;

use crate::content::media::of_text_file;

/// The kind of text that a template makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Media(&'static str);

impl Media {
    /// Returns the kind of the template `name`. A last extension such as `.jinja` does not count.
    pub(super) fn of(name: &str) -> Media {
        let engines = [".j2", ".jinja", ".jinja2"];
        let name = engines
            .iter()
            .find_map(|engine| name.strip_suffix(engine))
            .unwrap_or(name);
        Media(of_text_file(name).unwrap_or("text/plain; charset=utf-8"))
    }

    /// Returns `true` for HTML and XML, in which values are escaped.
    pub(super) fn is_markup(self) -> bool {
        self.0.contains("html") || self.0.contains("xml")
    }

    /// Returns `true` for formats in which values are written as JSON.
    pub(super) fn is_json(self) -> bool {
        ["json", "javascript", "yaml"]
            .iter()
            .any(|format| self.0.contains(format))
    }

    pub(super) fn header(self) -> HeaderValue {
        HeaderValue::from_static(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_decides() {
        for (name, media, is_markup) in [
            ("a.html", "text/html; charset=utf-8", true),
            ("a/b.HTM", "text/html; charset=utf-8", true),
            ("a.html.jinja", "text/html; charset=utf-8", true),
            ("logo.svg", "image/svg+xml", true),
            ("feed.xml.j2", "application/xml; charset=utf-8", true),
            ("mail.txt", "text/plain; charset=utf-8", false),
            ("a.html/mail", "text/plain; charset=utf-8", false),
            ("app.js", "text/javascript; charset=utf-8", false),
            ("html", "text/plain; charset=utf-8", false),
        ] {
            assert_eq!(Media::of(name).0, media, "{name}");
            assert_eq!(Media::of(name).is_markup(), is_markup, "{name}");
        }
        assert!(Media::of("a.json").is_json());
    }
}
