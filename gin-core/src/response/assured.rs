//! Headers that the response to a request has, whichever code makes it.

use http::header::{Entry, VARY};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::request::Context;
use crate::response::Response;

/// Headers that the final response gets, unless it has some of the same names.
struct Assured(HeaderMap);

impl Context {
    /// Adds headers to the final response, unless it has some of the same names: also to one that is made further out, after a panic
    /// or a timeout. They replace those that were assured before. The names in `Vary` are added to those that it has.
    pub(crate) fn assure(&mut self, headers: HeaderMap) {
        match self.get_mut::<Assured>() {
            Some(Assured(assured)) => put(assured, &headers),
            None => self.set(Assured(headers)),
        }
    }

    /// Takes back headers that were assured.
    pub(crate) fn retract(&mut self, names: impl IntoIterator<Item = HeaderName>) {
        if let Some(Assured(assured)) = self.get_mut::<Assured>() {
            for name in names {
                assured.remove(name);
            }
        }
    }
}

/// Adds the headers that were assured to the final response.
pub(crate) fn add_assured(cx: &mut Context, response: &mut Response) {
    if let Some(Assured(headers)) = cx.take() {
        add(response.headers_mut(), headers);
    }
}

/// Adds headers of other names than there are, and the names in `Vary` that are missing.
fn add(headers: &mut HeaderMap, others: HeaderMap) {
    let mut current: Option<HeaderName> = None;
    let mut is_vacant = true;
    for (name, value) in others {
        // A header map yields the name with the first of its values, and `None` with the others.
        if let Some(name) = name {
            is_vacant = !headers.contains_key(&name);
            current = Some(name);
        }
        match &current {
            Some(name) if *name == VARY => vary(headers, &value),
            Some(name) if is_vacant => drop(headers.append(name.clone(), value)),
            _ => {}
        }
    }
}

/// Replaces headers of the same names, and adds the names in `Vary` that are missing.
pub(crate) fn put(headers: &mut HeaderMap, others: &HeaderMap) {
    for (name, value) in others {
        match headers.entry(name) {
            Entry::Occupied(_) if *name == VARY => vary(headers, value),
            Entry::Occupied(mut entry) => drop(entry.insert(value.clone())),
            Entry::Vacant(entry) => drop(entry.insert(value.clone())),
        }
    }
}

/// Adds the names in `names` to `Vary`, those that it lacks.
fn vary(headers: &mut HeaderMap, names: &HeaderValue) {
    let listed = |name: &str| {
        let mut values = headers.get_all(VARY).iter();
        values.any(|value| {
            let names = value.to_str().unwrap_or_default().split(',');
            let mut names = names.map(str::trim);
            names.any(|own| own == "*" || own.eq_ignore_ascii_case(name))
        })
    };
    let names = names.to_str().unwrap_or_default().split(',');
    let missing: Vec<&str> = names.map(str::trim).filter(|name| !listed(name)).collect();
    if !missing.is_empty()
        && let Ok(value) = HeaderValue::try_from(missing.join(", "))
    {
        headers.append(VARY, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vary_grows_and_other_headers_stay() {
        let mut headers = HeaderMap::new();
        headers.insert(VARY, HeaderValue::from_static("Accept, Origin"));
        headers.insert("x-own", HeaderValue::from_static("1"));
        let mut others = HeaderMap::new();
        others.insert(VARY, HeaderValue::from_static("origin, cookie"));
        others.insert("x-own", HeaderValue::from_static("2"));
        others.append("x-two", HeaderValue::from_static("a"));
        others.append("x-two", HeaderValue::from_static("b"));
        add(&mut headers, others.clone());
        add(&mut headers, others);
        let all = |name| -> Vec<_> { headers.get_all(name).iter().collect() };
        assert_eq!(all("vary"), ["Accept, Origin", "cookie"]);
        assert_eq!(all("x-own"), ["1"]);
        assert_eq!(all("x-two"), ["a", "b"]);
    }
}
