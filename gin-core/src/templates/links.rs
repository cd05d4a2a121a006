//! Links to routes by name: the function `url` of templates, and its check before the first request.

use std::fmt::{Display, Write};

use gin_router::{Pattern, Piece};
use minijinja::value::{Kwargs, Rest, ValueKind};
use minijinja::{Error, ErrorKind, Value};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::app::{PlacedRoute, path_of};
use crate::templates::references::Link;

/// The routes that templates can link to.
#[derive(Debug)]
pub(super) struct Links {
    /// One for each pair of a handler and a pattern.
    routes: Vec<PlacedRoute>,
}

impl Links {
    pub(super) fn new(routes: &[PlacedRoute]) -> Links {
        let mut distinct: Vec<PlacedRoute> = Vec::new();
        for route in routes {
            let is_known = distinct.iter().any(|other| {
                other.name == route.name && other.pattern.as_str() == route.pattern.as_str()
            });
            // A closure has the name of the function around it, which is not its own.
            if !is_known && !route.name.ends_with("}}") {
                distinct.push(route.clone());
            }
        }
        Links { routes: distinct }
    }

    /// Finds the route of a handler's name: `show`, or `users::show` where there are several.
    fn find(&self, name: &str) -> Result<&PlacedRoute, String> {
        let mut found = self
            .routes
            .iter()
            .filter(|route| is_named(route.name, name));
        let (first, second) = (found.next(), found.next());
        match (first, second) {
            (Some(route), None) => Ok(route),
            (Some(first), Some(second)) => Err(ambiguous(name, first, second)),
            (None, _) => Err(self.unknown(name)),
        }
    }

    fn unknown(&self, name: &str) -> String {
        let names = self.routes.iter().map(|route| tail(route.name, name));
        let near = nearest(name, names);
        match near {
            Some(near) => format!("there is no route named `{name}`; did you mean `{near}`?"),
            None => format!(
                "there is no route named `{name}`; a route is named by its handler, a function: `show` or `users::show`"
            ),
        }
    }

    /// Checks a link without its values. Returns its flaw, if it has one.
    pub(super) fn check(&self, link: &Link) -> Result<(), String> {
        let route = self.find(&link.route)?;
        let names: Vec<_> = route.pattern.names().collect();
        let Some(by_name) = names.get(link.positional..) else {
            return Err(too_many(&link.route, route, link.positional));
        };
        let mut absent = by_name
            .iter()
            .filter(|name| !link.named.iter().any(|named| is_same(named, name)));
        match absent.next() {
            Some(name) if !link.has_more => {
                let near = nearest(name, link.named.iter().map(String::as_str));
                Err(lacking(&link.route, route, name, near))
            }
            _ => Ok(()),
        }
    }

    /// Returns the URL of a route. Values beyond the params become the query.
    pub(super) fn url(
        &self,
        name: &str,
        positional: &[Value],
        named: &Kwargs,
    ) -> Result<String, Error> {
        let route = self.find(name).map_err(invalid)?;
        let mut values = Vec::new();
        for (index, piece) in params(&route.pattern).enumerate() {
            let (Piece::Param(param) | Piece::CatchAll(param)) = piece else {
                continue;
            };
            let given = positional.get(index).cloned();
            let value = given.or_else(|| by_name(named, param));
            let value = value.ok_or_else(|| invalid(lacking(name, route, param, None)))?;
            values.push(usable(value, name, piece)?);
        }
        if positional.len() > values.len() {
            return Err(invalid(too_many(name, route, positional.len())));
        }
        let values: Vec<_> = values.iter().map(|value| value as &dyn Display).collect();
        let mut url = path_of(&route.pattern, &values);
        add_query(&mut url, &route.pattern, named)?;
        Ok(url)
    }

    /// The function `url` of templates.
    pub(super) fn call(
        &self,
        name: &str,
        positional: &Rest<Value>,
        named: &Kwargs,
    ) -> Result<String, Error> {
        let url = self.url(name, positional, named)?;
        named.assert_all_used()?;
        Ok(url)
    }
}

fn params(pattern: &Pattern) -> impl Iterator<Item = Piece<'_>> {
    let pieces = pattern.pieces();
    pieces.filter(|piece| !matches!(piece, Piece::Static(_)))
}

/// Returns `true` if `name` is `full` or the end of it, whole segments only.
fn is_named(full: &str, name: &str) -> bool {
    let before = full.strip_suffix(name);
    !name.is_empty() && before.is_some_and(|before| before.is_empty() || before.ends_with("::"))
}

/// Returns the end of `full` that has as many segments as `name`.
fn tail<'a>(full: &'a str, name: &str) -> &'a str {
    let segments = name.matches("::").count() + 1;
    let mut starts = full.rmatch_indices("::").map(|(at, _)| at + 2);
    starts
        .nth(segments - 1)
        .map_or(full, |start| &full[start..])
}

/// Returns the word of `known` that was probably meant by `word`.
pub(super) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = known.map(|known| (strsim::osa_distance(word, known), known));
    let (distance, nearest) = near.min_by_key(|(distance, _)| *distance)?;
    let limit = word.chars().count().max(nearest.chars().count()) / 3;
    (distance <= limit).then_some(nearest)
}

/// Compares the name of a value with that of a param. A template writes `user_id` for `:user-id`.
fn is_same(named: &str, param: &str) -> bool {
    named == param || (param.contains('-') && named == param.replace('-', "_"))
}

fn by_name(named: &Kwargs, param: &str) -> Option<Value> {
    let given: Vec<_> = named.args().map(str::to_owned).collect();
    let name = given.iter().find(|name| is_same(name, param))?;
    named.get(name).ok()
}

/// Returns the value of a param, if a path can contain it.
fn usable(value: Value, route: &str, piece: Piece<'_>) -> Result<Value, Error> {
    let fault = match value.kind() {
        ValueKind::Undefined => "is undefined",
        ValueKind::None => "is none",
        ValueKind::Seq | ValueKind::Map | ValueKind::Iterable => "is not a plain value",
        _ if matches!(piece, Piece::Param(_)) && value.to_string().is_empty() => "is empty",
        _ => return Ok(value),
    };
    let (Piece::Param(param) | Piece::CatchAll(param) | Piece::Static(param)) = piece;
    Err(invalid(format!("url('{route}'): `{param}` {fault}")))
}

/// Appends the values that are not params as a query. A list repeats its name; none and undefined add nothing.
fn add_query(url: &mut String, pattern: &Pattern, named: &Kwargs) -> Result<(), Error> {
    let given: Vec<_> = named.args().map(str::to_owned).collect();
    let mut sign = '?';
    for name in given {
        if pattern.names().any(|param| is_same(&name, param)) {
            continue;
        }
        let value: Value = named.get(&name)?;
        let values = match value.kind() {
            ValueKind::Undefined | ValueKind::None => continue,
            ValueKind::Seq | ValueKind::Iterable => value.try_iter()?.collect(),
            _ => vec![value],
        };
        for value in values {
            let (name, value) = (encoded(&name), value.to_string());
            let _ = write!(url, "{sign}{name}={}", encoded(&value));
            sign = '&';
        }
    }
    Ok(())
}

fn encoded(text: &str) -> impl Display {
    const QUERY: &percent_encoding::AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    utf8_percent_encode(text, QUERY)
}

fn ambiguous(name: &str, first: &PlacedRoute, second: &PlacedRoute) -> String {
    let remedy = if first.name == second.name {
        "it is mounted more than once; write the path itself"
    } else {
        "write more of its module"
    };
    format!(
        "several routes are named `{name}`; {remedy}: `{}` is {} ({}), `{}` is {} ({})",
        first.name,
        first.pattern.as_str(),
        first.at,
        second.name,
        second.pattern.as_str(),
        second.at
    )
}

fn lacking(name: &str, route: &PlacedRoute, param: &str, near: Option<&str>) -> String {
    let pattern = route.pattern.as_str();
    let given = param.replace('-', "_");
    let near = near.map(|near| format!(", and has `{near}`"));
    format!(
        "url('{name}') lacks a value for `{param}` of {pattern}{}; write `url('{name}', {given} = …)`",
        near.unwrap_or_default()
    )
}

fn too_many(name: &str, route: &PlacedRoute, given: usize) -> String {
    let pattern = route.pattern.as_str();
    let count = route.pattern.names().count();
    format!(
        "url('{name}') has {given} values, but {pattern} has {count} params; the values of a query are written with their names"
    )
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::At;

    fn links() -> Links {
        let route = |name, pattern| PlacedRoute {
            name,
            pattern: Pattern::parse(pattern).expect("it is valid"),
            at: At {
                file: "src/main.rs",
                line: 7,
            },
        };
        Links::new(&[
            route("app::users::show", "/users/:user-id"),
            route("app::users::list", "/users"),
            route("app::posts::list", "/posts"),
            route("app::files", "/files/*path"),
            route("app::main::{{closure}}", "/closure"),
        ])
    }

    fn url(name: &str, positional: &[Value], named: &[(&str, Value)]) -> Result<String, String> {
        let named = named.iter().map(|(name, value)| (*name, value.clone()));
        let named: Kwargs = named.collect();
        links()
            .url(name, positional, &named)
            .map_err(|error| error.detail().unwrap_or_default().to_owned())
    }

    #[test]
    fn values_are_encoded_where_they_stand() {
        let text = |text: &str| Value::from(text);
        for (name, positional, named, expected) in [
            (
                "show",
                vec![],
                vec![("user_id", Value::from(7))],
                "/users/7",
            ),
            (
                "show",
                vec![text("a/b?c d%ü")],
                vec![],
                "/users/a%2Fb%3Fc%20d%25%C3%BC",
            ),
            ("files", vec![text("a/b c")], vec![], "/files/a/b%20c"),
            (
                "users::list",
                vec![],
                vec![("q", text("a&b=c"))],
                "/users?q=a%26b%3Dc",
            ),
            (
                "app::posts::list",
                vec![],
                vec![("a", Value::from(1)), ("b", Value::from(()))],
                "/posts?a=1",
            ),
            (
                "posts::list",
                vec![],
                vec![("t", Value::from(vec!["a", "b"]))],
                "/posts?t=a&t=b",
            ),
        ] {
            assert_eq!(
                url(name, &positional, &named).as_deref(),
                Ok(expected),
                "{name}"
            );
        }
    }

    #[test]
    fn a_wrong_link_has_a_remedy() {
        for (name, positional, expected) in [
            (
                "shwo",
                vec![],
                "there is no route named `shwo`; did you mean `show`?",
            ),
            ("users::lisst", vec![], "did you mean `users::list`?"),
            ("closure", vec![], "there is no route named `closure`"),
            (
                "list",
                vec![],
                "several routes are named `list`; write more of its module",
            ),
            (
                "show",
                vec![],
                "lacks a value for `user-id` of /users/:user-id; write `url('show', user_id = …)`",
            ),
            ("show", vec![Value::from("")], "`user-id` is empty"),
            ("show", vec![Value::UNDEFINED], "`user-id` is undefined"),
            (
                "users::list",
                vec![Value::from(7)],
                "has 1 values, but /users has 0 params",
            ),
        ] {
            let error = url(name, &positional, &[]).expect_err(name);
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn a_link_is_checked_without_its_values() {
        let check = |route: &str, positional, named: &[&str]| {
            links().check(&Link {
                route: route.to_owned(),
                positional,
                named: named.iter().map(ToString::to_string).collect(),
                has_more: false,
            })
        };
        assert_eq!(check("show", 1, &[]), Ok(()));
        assert_eq!(check("show", 0, &["user_id", "page"]), Ok(()));
        assert!(check("show", 0, &[]).is_err());
        assert!(check("show", 2, &[]).is_err());
        let error = check("show", 0, &["user_ids"]).expect_err("it is misspelt");
        assert!(error.contains("and has `user_ids`"), "{error}");
    }
}
