//! The media types of files, by their names.

use http::HeaderValue;

use crate::content::media::{self, BINARY, of_text_file};

/// Returns the media type of the file `name`. Text is UTF-8.
pub(super) fn media_type(name: &str) -> HeaderValue {
    if let Some(text) = of_text_file(name) {
        return HeaderValue::from_static(text);
    }
    let Some(guess) = mime_guess::from_path(name).first_raw() else {
        return BINARY;
    };
    if guess.starts_with("text/") {
        let text = HeaderValue::try_from(format!("{guess}; charset=utf-8"));
        return text.unwrap_or(BINARY);
    }
    HeaderValue::from_static(guess)
}

/// Returns `true` if files of the media type get smaller by compression, so that it is worth to look for a compressed sibling.
pub(super) fn is_compressible(media_type: &HeaderValue) -> bool {
    let media_type = media_type.to_str().unwrap_or_default();
    let is_mixed = [
        "application/octet-stream",
        "application/pdf",
        "application/vnd.ms-fontobject",
    ];
    is_mixed.contains(&media_type) || media::is_compressible(media_type)
}

#[cfg(test)]
mod tests {
    use super::media_type;

    #[test]
    fn text_has_a_charset() {
        for (name, expected) in [
            ("a.html", "text/html; charset=utf-8"),
            ("a.CSS", "text/css; charset=utf-8"),
            ("a.js", "text/javascript; charset=utf-8"),
            ("a.mjs", "text/javascript; charset=utf-8"),
            ("a.json", "application/json"),
            ("a.svg", "image/svg+xml"),
            ("a.wasm", "application/wasm"),
            ("a.webmanifest", "application/manifest+json"),
            ("a.tar.gz", "application/gzip"),
            ("a", "application/octet-stream"),
            ("a.unknown", "application/octet-stream"),
        ] {
            assert_eq!(media_type(name), expected, "{name}");
        }
    }
}
