//! The media types that a client accepts (RFC 9110 §12.5.1).

use std::cmp::Reverse;

use http::header::ACCEPT;

use crate::request::{Context, is_token, weight};

/// The media ranges of a request's `Accept` headers, those that do not parse left out.
#[derive(Debug)]
pub(crate) struct Accept<'a>(Vec<Range<'a>>);

/// A media range and its quality: `text/*;q=0.5`.
#[derive(Debug)]
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    /// The parameters except `q` and `charset`, as every text is sent in UTF-8.
    parameters: Vec<(&'a str, &'a str)>,
    /// In thousandths.
    quality: u16,
}

/// The fit of an offer. The greatest is the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fit {
    quality: u16,
    specificity: usize,
    /// The place of the range in the header: of equal ranges, clients list first what they prefer.
    place: Reverse<usize>,
}

impl<'a> Accept<'a> {
    pub(crate) fn of(cx: &'a Context) -> Accept<'a> {
        let values = cx.headers().get_all(ACCEPT).iter();
        let texts = values.filter_map(|value| value.to_str().ok());
        Accept(texts.flat_map(elements).filter_map(Range::parse).collect())
    }

    /// Returns `true` if the client accepts anything, as it does without an `Accept` header.
    pub(crate) fn is_open(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the index of the offer that fits best, or `None` if none is accepted. Of offers that fit equally, it is the first.
    pub(crate) fn best(&self, offers: &[&str]) -> Option<usize> {
        if self.is_open() {
            return (!offers.is_empty()).then_some(0);
        }
        let fits = offers.iter().enumerate();
        let fits = fits.filter_map(|(index, offer)| Some((self.fit(offer)?, Reverse(index))));
        fits.max().map(|(_, Reverse(index))| index)
    }

    /// Returns how well the best media type with a suffix such as `+json` fits that the client names (RFC 6839).
    pub(crate) fn fit_of_suffix(&self, suffix: &str) -> Option<Fit> {
        let ranges = self
            .0
            .iter()
            .filter(|range| range.subtype.ends_with(suffix));
        let named = ranges.map(|range| format!("{}/{}", range.kind, range.subtype));
        named.filter_map(|named| self.fit(&named)).max()
    }

    /// Returns how well `offer` fits, or `None` if it is not accepted. Of the ranges that it is in, the most specific decides.
    pub(crate) fn fit(&self, offer: &str) -> Option<Fit> {
        let ranges = self.0.iter().enumerate();
        let fits = ranges.filter_map(|(place, range)| {
            Some(Fit {
                quality: range.quality,
                specificity: range.specificity(offer)?,
                place: Reverse(place),
            })
        });
        let fit = fits.max_by_key(|fit| (fit.specificity, fit.place))?;
        (fit.quality > 0).then_some(fit)
    }
}

/// The specificity of a range with a type and a subtype.
const NAMED: usize = 2;

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Option<Range<'a>> {
        let mut parts = split_unquoted(text, b';');
        let (kind, subtype) = parts.next()?.trim().split_once('/')?;
        let is_range = is_token(kind) && is_token(subtype) && (kind != "*" || subtype == "*");
        let mut range = Range {
            kind,
            subtype,
            parameters: Vec::new(),
            quality: 1000,
        };
        for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=')?;
            match name {
                "q" | "Q" => range.quality = weight(value)?,
                _ if name.eq_ignore_ascii_case("charset") => {}
                _ => range.parameters.push((name, value.trim_matches('"'))),
            }
        }
        is_range.then_some(range)
    }

    /// Returns how specific the range is if `offer` is in it: 0 for `*/*`, 1 for `text/*`, more for `text/html` and its parameters.
    fn specificity(&self, offer: &str) -> Option<usize> {
        let mut parts = offer.split(';');
        let (kind, subtype) = parts.next()?.trim().split_once('/')?;
        match (self.kind, self.subtype) {
            ("*", _) => return Some(0),
            (own, _) if !own.eq_ignore_ascii_case(kind) => return None,
            (_, "*") => return Some(1),
            (_, own) if !own.eq_ignore_ascii_case(subtype) => return None,
            _ => {}
        }
        let offered: Vec<_> = parts
            .filter_map(|part| part.trim().split_once('='))
            .collect();
        let is_offered = |(name, value): &(&str, &str)| {
            offered.iter().any(|(own, text)| {
                own.eq_ignore_ascii_case(name) && text.trim_matches('"').eq_ignore_ascii_case(value)
            })
        };
        let fits = self.parameters.iter().all(is_offered);
        fits.then_some(NAMED + self.parameters.len())
    }
}

fn elements(text: &str) -> impl Iterator<Item = &str> {
    split_unquoted(text, b',')
}

/// Splits `text` at each `separator` that is not in a quoted string (RFC 9110 §5.6.4).
fn split_unquoted(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (part, after) = match end_of_part(text, separator) {
            Some(end) => (text.get(..end)?, text.get(end + 1..)),
            None => (text, None),
        };
        rest = after;
        Some(part)
    })
}

fn end_of_part(text: &str, separator: u8) -> Option<usize> {
    let mut is_quoted = false;
    let mut is_escaped = false;
    text.bytes().position(|byte| {
        let is_end = byte == separator && !is_quoted;
        if byte == b'"' && !is_escaped {
            is_quoted = !is_quoted;
        }
        is_escaped = byte == b'\\' && is_quoted && !is_escaped;
        is_end
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(text: &str) -> Accept<'_> {
        Accept(elements(text).filter_map(Range::parse).collect())
    }

    #[test]
    fn the_best_offer_is_chosen_by_quality_then_specificity_then_order() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        let cases = [
            ("", Some("application/json")),
            ("garbage, /, text, */html, a/b/c", Some("application/json")),
            (browser, Some("text/html")),
            ("*/*", Some("application/json")),
            (
                "application/json, text/plain, */*",
                Some("application/json"),
            ),
            ("text/plain, application/json", Some("text/plain; v=2")),
            (
                "text/html;q=0.5, application/json;q=0.9",
                Some("application/json"),
            ),
            ("text/*, application/json;q=0.999", Some("text/html")),
            ("TEXT/HTML", Some("text/html")),
            ("text/html;q=0, */*", Some("application/json")),
            ("*/*, application/json;q=0, text/*;q=0.1", Some("text/html")),
            ("text/plain;v=2, text/*", Some("text/plain; v=2")),
            ("text/plain;v=3", None),
            ("text/html; charset=utf-8", Some("text/html")),
            ("text/plain;v=\"2\"", Some("text/plain; v=2")),
            ("image/png;a=\"x, text/html\"", None),
            ("text/html;q=1.5", Some("application/json")),
            ("text/html;q=0.1234, image/png", None),
            ("text/html;q=0", None),
        ];
        let offers = ["application/json", "text/html", "text/plain; v=2"];
        for (header, expected) in cases {
            let best = accept(header).best(&offers).map(|index| offers[index]);
            assert_eq!(best, expected, "{header}");
        }
    }

    /// RFC 9110 §12.5.1 word by word: the quality of a media type is that of the most specific range that it is in.
    fn oracle(ranges: &[(&str, u16)], offer: &str) -> u16 {
        let (kind, _) = offer.split_once('/').expect("an offer is a media type");
        for wanted in [offer, &format!("{kind}/*"), "*/*"] {
            if let Some((_, quality)) = ranges.iter().find(|(range, _)| *range == wanted) {
                return *quality;
            }
        }
        0
    }

    #[test]
    fn every_header_of_three_ranges_chooses_an_offer_of_the_highest_quality() {
        const RANGES: [&str; 6] = ["a/x", "a/y", "b/x", "a/*", "b/*", "*/*"];
        const QUALITIES: [(&str, u16); 4] =
            [("", 1000), (";q=0", 0), (";q=0.5", 500), ("; Q=0.501", 501)];
        const OFFERS: [&str; 3] = ["b/x", "a/y", "a/x"];
        let choices = RANGES
            .iter()
            .flat_map(|range| QUALITIES.map(|quality| (*range, quality)));
        let choices: Vec<_> = choices.collect();
        for first in &choices {
            for second in &choices {
                for third in &choices {
                    let ranges = [*first, *second, *third];
                    let header = ranges.map(|(range, (text, _))| format!("{range}{text}"));
                    let header = header.join(" , ");
                    let ranges = ranges.map(|(range, (_, quality))| (range, quality));
                    let qualities = OFFERS.map(|offer| oracle(&ranges, offer));
                    let highest = qualities.into_iter().max().filter(|quality| *quality > 0);
                    let best = accept(&header).best(&OFFERS).map(|index| qualities[index]);
                    assert_eq!(best, highest, "{header}");
                }
            }
        }
    }
}
