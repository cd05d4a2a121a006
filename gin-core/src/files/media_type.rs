//! The media types of files, by their names.

use http::HeaderValue;

const BINARY: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// Returns the media type of the file `name`. Text is UTF-8.
pub(super) fn media_type(name: &str) -> HeaderValue {
    let Some(guess) = mime_guess::from_path(name).first_raw() else {
        return BINARY;
    };
    // RFC 9239 §6: browsers and caches know one name for scripts.
    let guess = match guess {
        "application/javascript" => "text/javascript",
        guess => guess,
    };
    if guess.starts_with("text/") {
        let text = HeaderValue::try_from(format!("{guess}; charset=utf-8"));
        return text.unwrap_or(BINARY);
    }
    HeaderValue::from_static(guess)
}

/// Returns `true` if files of the media type get smaller by compression, so that it is worth to look for a compressed sibling.
pub(super) fn is_compressible(media_type: &HeaderValue) -> bool {
    let Ok(media_type) = media_type.to_str() else {
        return false;
    };
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.starts_with("text/")
        || essence.ends_with("+json")
        || essence.ends_with("+xml")
        || matches!(
            essence,
            "application/json"
                | "application/xml"
                | "application/wasm"
                | "application/octet-stream"
                | "application/vnd.ms-fontobject"
                | "application/pdf"
                | "font/ttf"
                | "font/otf"
                | "image/x-icon"
                | "image/bmp"
        )
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
