//! Compressed siblings of files, such as `app.js.br`, by the client's `Accept-Encoding` (RFC 9110 §12.5.3).

use http::{HeaderMap, header};

use crate::request;

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
    let Some(weights) = Weights::of(headers) else {
        return Vec::new();
    };
    let mut codings: Vec<(u16, Coding)> = CODINGS
        .into_iter()
        .map(|coding| (weights.coding(coding.name), coding))
        .filter(|(weight, _)| *weight > 0 && *weight >= weights.identity)
        .collect();
    codings.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    codings.into_iter().map(|(_, coding)| coding).collect()
}

/// The weights that a client gives to codings, in thousandths.
struct Weights<'a> {
    named: Vec<(&'a str, u16)>,
    others: u16,
    /// 0 unless the client names it.
    identity: u16,
}

impl<'a> Weights<'a> {
    fn of(headers: &'a HeaderMap) -> Option<Weights<'a>> {
        let mut weights = Weights {
            named: Vec::new(),
            others: 0,
            identity: 0,
        };
        let mut has_any = false;
        for value in headers.get_all(header::ACCEPT_ENCODING) {
            for item in value.to_str().ok()?.split(',') {
                let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
                let (name, weight) = (name.trim(), weight(parameters));
                has_any = true;
                match name {
                    "*" => weights.others = weight,
                    _ if name.eq_ignore_ascii_case("identity") => weights.identity = weight,
                    name => weights.named.push((name, weight)),
                }
            }
        }
        has_any.then_some(weights)
    }

    fn coding(&self, name: &str) -> u16 {
        let is_same = |given: &str| {
            given.eq_ignore_ascii_case(name)
                || name == "gzip" && given.eq_ignore_ascii_case("x-gzip")
        };
        let named = self.named.iter().find(|(given, _)| is_same(given));
        named.map_or(self.others, |(_, weight)| *weight)
    }
}

/// Returns the weight in `q=0.5`: 1,000 if there is none, 0 if it is malformed.
fn weight(parameters: &str) -> u16 {
    let mut parameters = parameters.split(';').map(str::trim);
    let value = parameters.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    let Some(value) = value else {
        return 1_000;
    };
    request::weight(value).unwrap_or(0)
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
