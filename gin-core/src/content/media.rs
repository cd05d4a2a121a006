//! Media types: the names of common ones, those of text files, and those that get smaller by compression.

use http::HeaderValue;

pub(crate) const BINARY: HeaderValue = HeaderValue::from_static("application/octet-stream");
pub(crate) const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");
pub(crate) const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
#[cfg(feature = "xml")]
pub(crate) const XML: HeaderValue = HeaderValue::from_static("application/xml; charset=utf-8");

/// The extensions of text files. Text is UTF-8.
#[cfg(any(feature = "files", feature = "templates"))]
const TEXTS: [(&str, &str); 19] = [
    ("atom", "application/atom+xml; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("csv", "text/csv; charset=utf-8"),
    ("htm", "text/html; charset=utf-8"),
    ("html", "text/html; charset=utf-8"),
    ("ics", "text/calendar; charset=utf-8"),
    // RFC 9239 §6: browsers and caches know one name for scripts.
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("md", "text/markdown; charset=utf-8"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("rss", "application/rss+xml; charset=utf-8"),
    ("svg", "image/svg+xml"),
    ("txt", "text/plain; charset=utf-8"),
    ("webmanifest", "application/manifest+json"),
    ("xhtml", "application/xhtml+xml; charset=utf-8"),
    ("xml", "application/xml; charset=utf-8"),
    ("yaml", "application/yaml"),
    ("yml", "application/yaml"),
    ("vtt", "text/vtt; charset=utf-8"),
];

/// Returns the media type of a text file with this name.
#[cfg(any(feature = "files", feature = "templates"))]
pub(crate) fn of_text_file(name: &str) -> Option<&'static str> {
    let file = name.rsplit('/').next().unwrap_or(name);
    let (_, extension) = file.rsplit_once('.')?;
    let known = TEXTS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(extension));
    known.map(|(_, media_type)| *media_type)
}

/// Returns `true` for text in its many forms, and for the binary formats that are not compressed by themselves.
///
/// A stream of events is not one of them: proxies and clients must see each event at once.
#[cfg(any(feature = "compression", feature = "files"))]
pub(crate) fn is_compressible(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    let essence = essence.trim().to_ascii_lowercase();
    let Some((kind, subtype)) = essence.split_once('/') else {
        return false;
    };
    match kind {
        "text" => subtype != "event-stream",
        "font" => matches!(subtype, "ttf" | "otf" | "collection" | "sfnt"),
        "image" => matches!(subtype, "svg+xml" | "bmp" | "x-icon" | "vnd.microsoft.icon"),
        "application" => is_compressible_application(subtype),
        "message" => subtype == "rfc822",
        "model" => subtype.ends_with("+json") || subtype.ends_with("+xml") || subtype == "obj",
        _ => false,
    }
}

#[cfg(any(feature = "compression", feature = "files"))]
fn is_compressible_application(subtype: &str) -> bool {
    const SUFFIXES: [&str; 6] = ["+json", "+xml", "+text", "+yaml", "+cbor", "+protobuf"];
    const SUBTYPES: [&str; 26] = [
        "bson",
        "cbor",
        "ecmascript",
        "geo+json-seq",
        "graphql",
        "javascript",
        "json",
        "json-seq",
        "jsonl",
        "msgpack",
        "protobuf",
        "rtf",
        "sql",
        "toml",
        "vnd.msgpack",
        "wasm",
        "x-httpd-php",
        "x-javascript",
        "x-ndjson",
        "x-protobuf",
        "x-sh",
        "x-tar",
        "x-www-form-urlencoded",
        "x-yaml",
        "xml",
        "yaml",
    ];
    SUFFIXES.iter().any(|suffix| subtype.ends_with(suffix)) || SUBTYPES.contains(&subtype)
}

#[cfg(all(test, feature = "compression", feature = "files"))]
mod tests {
    use super::{is_compressible, of_text_file};

    #[test]
    fn text_is_compressed_and_what_is_compressed_already_is_not() {
        for (content_type, expected) in [
            ("text/html; charset=utf-8", true),
            ("TEXT/CSS", true),
            ("text/event-stream", false),
            ("Text/Event-Stream; charset=utf-8", false),
            ("application/json", true),
            ("application/problem+json", true),
            ("application/xhtml+xml", true),
            ("application/wasm", true),
            ("image/svg+xml", true),
            ("image/png", false),
            ("image/jpeg", false),
            ("video/mp4", false),
            ("font/woff2", false),
            ("application/zip", false),
            ("application/gzip", false),
            ("application/pdf", false),
            ("application/octet-stream", false),
            ("application/grpc", false),
            ("multipart/byteranges; boundary=a", false),
            ("", false),
            ("json", false),
        ] {
            assert_eq!(is_compressible(content_type), expected, "{content_type}");
        }
    }

    #[test]
    fn the_last_extension_of_a_text_file_decides() {
        for (name, expected) in [
            ("a.html", Some("text/html; charset=utf-8")),
            ("a/b.HTM", Some("text/html; charset=utf-8")),
            ("a.b.json", Some("application/json")),
            ("a.html/mail", None),
            ("html", None),
            ("a.png", None),
            ("", None),
        ] {
            assert_eq!(of_text_file(name), expected, "{name}");
        }
    }
}
