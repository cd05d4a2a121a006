//! Compressed siblings of files, such as `app.js.br`, by the client's `Accept-Encoding` (RFC 9110 §12.5.3).

use http::HeaderMap;

use crate::request::Codings;

/// A coding in which a file may lie beside itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Coding {
    /// As in `Content-Encoding`.
    pub(super) name: &'static str,
    /// Behind the name of the file.
    pub(super) extension: &'static str,
}

/// The codings from the smallest files to the largest.
const CODINGS: [Coding; 3] = [
    Coding {
        name: "br",
        extension: ".br",
    },
    Coding {
        name: "zstd",
        extension: ".zst",
    },
    Coding {
        name: "gzip",
        extension: ".gz",
    },
];

/// Returns the codings that the client prefers to plain content, best first.
pub(super) fn accepted(headers: &HeaderMap) -> Vec<Coding> {
    let Some(accepted) = Codings::of(headers) else {
        return Vec::new();
    };
    let mut codings: Vec<(u16, Coding)> = CODINGS
        .into_iter()
        .filter_map(|coding| Some((accepted.weight(coding.name)?, coding)))
        .collect();
    codings.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    codings.into_iter().map(|(_, coding)| coding).collect()
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::accepted;

    #[test]
    fn codings_are_chosen_by_weight() {
        for (header, codings) in [
            ("gzip, deflate, br, zstd", vec!["br", "zstd", "gzip"]),
            ("gzip", vec!["gzip"]),
            ("x-gzip", vec!["gzip"]),
            ("GZIP;Q=0.5, br;q=0.4", vec!["gzip", "br"]),
            ("br;q=0, gzip;q=0.001", vec!["gzip"]),
            ("*", vec!["br", "zstd", "gzip"]),
            ("*;q=0.5, br;q=0", vec!["zstd", "gzip"]),
            ("identity", vec![]),
            ("identity;q=1, *;q=0", vec![]),
            ("identity;q=0.5, gzip;q=0.4", vec![]),
            ("identity;q=0.5, gzip;q=0.5", vec!["gzip"]),
            ("identity;q=0, br;q=0.1", vec!["br"]),
            ("gzip;q=2, br;q=1.001, zstd;q=x", vec![]),
            ("", vec![]),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(header));
            let found = accepted(&headers);
            let found: Vec<_> = found.iter().map(|coding| coding.name).collect();
            assert_eq!(found, codings, "{header}");
        }
        assert!(accepted(&HeaderMap::new()).is_empty());
    }
}
