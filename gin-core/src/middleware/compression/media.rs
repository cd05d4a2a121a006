//! The media types that get smaller.

/// Returns `true` for text in its many forms, and for the binary formats that are not compressed by themselves.
///
/// A stream of events is not one of them: proxies and clients must see each event at once.
pub(super) fn is_compressible(content_type: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::is_compressible;

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
}
