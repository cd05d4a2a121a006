//! The conditions under which a client wants a representation (RFC 9110 §13), and the part of it that it wants.

use std::time::SystemTime;

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

use crate::files::validators::{Modified, Validators};
use crate::request::only;

/// The headers of a request that decide about the response to it.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    if_match: Vec<HeaderValue>,
    if_none_match: Vec<HeaderValue>,
    if_modified_since: Option<SystemTime>,
    if_unmodified_since: Option<SystemTime>,
    if_range: Option<HeaderValue>,
    range: Option<HeaderValue>,
}

/// The result of a request's conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The client gets the representation, or the part that it wants.
    Send,
    /// The client has the representation.
    NotModified,
    /// The client wanted another one.
    Failed,
}

impl Conditions {
    /// Reads the headers of a request. Those of other methods than `GET` and `HEAD` are for the handler, which has run.
    pub(super) fn of(method: &Method, headers: &HeaderMap) -> Conditions {
        let is_get = *method == Method::GET;
        if !is_get && *method != Method::HEAD {
            return Conditions::default();
        }
        let all = |name: &HeaderName| headers.get_all(name).iter().cloned().collect();
        // RFC 9110 §14.2: ranges are defined for GET alone.
        let of_get = |name| only(headers, name).filter(|_| is_get).cloned();
        Conditions {
            if_match: all(&header::IF_MATCH),
            if_none_match: all(&header::IF_NONE_MATCH),
            if_modified_since: only(headers, header::IF_MODIFIED_SINCE).and_then(date),
            if_unmodified_since: only(headers, header::IF_UNMODIFIED_SINCE).and_then(date),
            // One that repeats is malformed, and not a reason to send a part.
            if_range: headers
                .contains_key(header::IF_RANGE)
                .then(|| of_get(header::IF_RANGE).unwrap_or(MALFORMED)),
            range: of_get(header::RANGE),
        }
    }

    /// Evaluates the conditions in the order of RFC 9110 §13.2.2.
    pub(super) fn judge(&self, validators: &Validators) -> Verdict {
        let tag = validators.tag.as_ref();
        let date = validators.modified.map(|modified| modified.date);
        if !self.if_match.is_empty() {
            if !any(&self.if_match, |given| {
                tag.is_some_and(|own| is_same(own, given, Strength::Strong))
            }) {
                return Verdict::Failed;
            }
        } else if let (Some(limit), Some(date)) = (self.if_unmodified_since, date)
            && date > limit
        {
            return Verdict::Failed;
        }
        if !self.if_none_match.is_empty() {
            if any(&self.if_none_match, |given| {
                tag.is_some_and(|own| is_same(own, given, Strength::Weak))
            }) {
                return Verdict::NotModified;
            }
        } else if let (Some(limit), Some(date)) = (self.if_modified_since, date)
            && date <= limit
        {
            return Verdict::NotModified;
        }
        Verdict::Send
    }

    /// Returns the header `Range`, if the representation is still the one that the client has parts of.
    pub(super) fn range(&self, validators: &Validators) -> Option<&HeaderValue> {
        let range = self.range.as_ref()?;
        let Some(condition) = &self.if_range else {
            return Some(range);
        };
        let bytes = condition.as_bytes();
        let is_met = if bytes.starts_with(b"\"") || bytes.starts_with(b"W/") {
            let tag = validators.tag.as_ref();
            tag.is_some_and(|own| is_same(own, bytes, Strength::Strong))
        } else {
            let is_strong = |modified: Modified| modified.is_strong.then_some(modified.date);
            let own = validators.modified.and_then(is_strong);
            own.is_some() && own == date(condition)
        };
        is_met.then_some(range)
    }
}

/// Neither a tag nor a date, so that nothing is equal to it.
const MALFORMED: HeaderValue = HeaderValue::from_static("");

/// RFC 9110 §13.1.3: a date that is malformed does not count.
fn date(value: &HeaderValue) -> Option<SystemTime> {
    httpdate::parse_http_date(value.to_str().ok()?.trim()).ok()
}

/// The comparison of two entity tags (RFC 9110 §8.8.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strength {
    Strong,
    Weak,
}

fn is_same(own: &HeaderValue, given: &[u8], strength: Strength) -> bool {
    let own = own.as_bytes();
    let opaque = |tag: &[u8]| tag.strip_prefix(b"W/").map(<[u8]>::to_vec);
    match strength {
        Strength::Strong => own == given && !own.starts_with(b"W/"),
        Strength::Weak => {
            opaque(own).as_deref().unwrap_or(own) == opaque(given).as_deref().unwrap_or(given)
        }
    }
}

/// Returns `true` if `values` are `*`, or lists of entity tags of which one is `wanted`. A list ends where it is malformed.
fn any(values: &[HeaderValue], wanted: impl Fn(&[u8]) -> bool) -> bool {
    let is_any = |value: &HeaderValue| value.as_bytes().trim_ascii() == b"*";
    values.iter().any(is_any)
        || values
            .iter()
            .flat_map(|value| Tags(value.as_bytes()))
            .any(wanted)
}

/// The entity tags in a list.
struct Tags<'a>(&'a [u8]);

impl<'a> Iterator for Tags<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let is_between = |byte: &u8| matches!(byte, b' ' | b'\t' | b',');
        let start = self.0.iter().position(|byte| !is_between(byte))?;
        let rest = self.0.get(start..)?;
        let opaque = rest.strip_prefix(b"W/").unwrap_or(rest);
        let inner = opaque.strip_prefix(b"\"")?;
        // RFC 9110 §8.8.3: a comma may be inside the quotes.
        let end = inner.iter().position(|&byte| byte == b'"')?;
        let length = rest.len() - inner.len() + end + 1;
        let (tag, rest) = rest.split_at(length);
        self.0 = rest;
        Some(tag)
    }
}

#[cfg(test)]
mod tests {
    use super::Tags;

    #[test]
    fn a_list_of_tags_ends_where_it_is_malformed() {
        for (list, tags) in [
            (r#""a""#, vec![r#""a""#]),
            (
                r#""a", W/"b,c" ,,"""#,
                vec![r#""a""#, r#"W/"b,c""#, r#""""#],
            ),
            (r#""a", b, "c""#, vec![r#""a""#]),
            (r#""a", "b"#, vec![r#""a""#]),
            ("", vec![]),
            ("*", vec![]),
        ] {
            let found: Vec<_> = Tags(list.as_bytes()).collect();
            let tags: Vec<_> = tags.iter().map(|tag| tag.as_bytes()).collect();
            assert_eq!(found, tags, "{list}");
        }
    }
}
