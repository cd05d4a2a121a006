//! The codings of content that a client accepts (RFC 9110 §12.5.3).

use http::{HeaderMap, header};

use crate::request::weight;

/// The weights that a client gives to codings, in thousandths.
pub(crate) struct Codings<'a> {
    named: Vec<(&'a str, u16)>,
    others: u16,
    /// 0 unless the client names it.
    identity: u16,
}

impl<'a> Codings<'a> {
    /// Returns the weights in `Accept-Encoding`, or `None` without a coding in it.
    pub(crate) fn of(headers: &'a HeaderMap) -> Option<Codings<'a>> {
        let mut codings = Codings {
            named: Vec::new(),
            others: 0,
            identity: 0,
        };
        let mut has_any = false;
        for value in headers.get_all(header::ACCEPT_ENCODING) {
            for item in value.to_str().ok()?.split(',') {
                let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
                let (name, weight) = (name.trim(), quality(parameters));
                has_any = true;
                match name {
                    "*" => codings.others = weight,
                    _ if name.eq_ignore_ascii_case("identity") => codings.identity = weight,
                    name => codings.named.push((name, weight)),
                }
            }
        }
        has_any.then_some(codings)
    }

    /// Returns the weight of a coding, or `None` if the client prefers plain content to it.
    pub(crate) fn weight(&self, name: &str) -> Option<u16> {
        let is_same = |given: &str| {
            given.eq_ignore_ascii_case(name)
                || name == "gzip" && given.eq_ignore_ascii_case("x-gzip")
        };
        let named = self.named.iter().find(|(given, _)| is_same(given));
        let weight = named.map_or(self.others, |(_, weight)| *weight);
        (weight > 0 && weight >= self.identity).then_some(weight)
    }
}

/// Returns the weight in `q=0.5`: 1,000 if there is none, 0 if it is malformed.
fn quality(parameters: &str) -> u16 {
    let mut parameters = parameters.split(';').map(str::trim);
    let value = parameters.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    let Some(value) = value else {
        return 1_000;
    };
    weight(value).unwrap_or(0)
}
