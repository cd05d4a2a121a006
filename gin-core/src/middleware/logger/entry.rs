//! What a log says of one request, and how.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt::Write;
use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use serde::Serialize;

use crate::failure::{Cause, Panic, Problem};
use crate::middleware::logger::timestamp::Timestamp;
use crate::request::Context;
use crate::response::Response;

/// How an entry is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// gin's line, in colour.
    Colour,
    /// gin's line.
    Plain,
    Json,
}

/// What a log says of one request.
#[derive(Serialize)]
pub(crate) struct Entry<'a> {
    time: Timestamp,
    status: u16,
    took_us: u128,
    ip: Option<IpAddr>,
    method: &'a str,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    route: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<String>,
    #[serde(skip)]
    took: Duration,
}

impl<'a> Entry<'a> {
    pub(crate) fn new(
        cx: &'a Context,
        response: &Response,
        now: SystemTime,
        took: Duration,
    ) -> Entry<'a> {
        Entry {
            time: Timestamp::of(now),
            status: response.status().as_u16(),
            took_us: took.as_micros(),
            ip: cx.client_ip(),
            method: cx.method().as_str(),
            path: target(cx),
            route: cx.pattern(),
            errors: errors(cx, response),
            took,
        }
    }

    /// The entry with its line feed.
    pub(crate) fn line(&self, style: Style) -> String {
        match style {
            Style::Json => serde_json::to_string(self).unwrap_or_default() + "\n",
            Style::Plain => self.gin_line(["", "", ""]),
            Style::Colour => self.gin_line([
                status_colour(self.status),
                method_colour(self.method),
                "\x1b[0m",
            ]),
        }
    }

    fn gin_line(&self, [status, method, reset]: [&str; 3]) -> String {
        let ip = self.ip.map_or_else(|| "-".to_owned(), |ip| ip.to_string());
        let mut line = format!(
            "[GIN] {time} |{status} {code} {reset}| {took:>10} | {ip:>15} |{method} {name:<7} {reset} \"{path}\"\n",
            time = self.time.slashed(),
            code = self.status,
            took = format!("{:.1?}", self.took),
            name = inert(self.method),
            path = self.path,
        );
        for error in &self.errors {
            let _ = writeln!(line, "      {}", inert(error));
        }
        line
    }
}

/// gin's colours.
fn status_colour(status: u16) -> &'static str {
    match status {
        100..=299 => "\x1b[97;42m",
        300..=399 => "\x1b[90;47m",
        400..=499 => "\x1b[90;43m",
        _ => "\x1b[97;41m",
    }
}

/// gin's colours.
fn method_colour(method: &str) -> &'static str {
    match method {
        "GET" => "\x1b[97;44m",
        "POST" => "\x1b[97;46m",
        "PUT" => "\x1b[90;43m",
        "DELETE" => "\x1b[97;41m",
        "PATCH" => "\x1b[97;42m",
        "HEAD" => "\x1b[97;45m",
        _ => "\x1b[90;47m",
    }
}

/// `text` without anything that a terminal would obey.
fn inert(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| !c.is_control()) {
        return Cow::Borrowed(text);
    }
    let escape = |c: char| {
        if c.is_control() {
            c.escape_default().to_string()
        } else {
            c.to_string()
        }
    };
    Cow::Owned(text.chars().map(escape).collect())
}

/// The target, with what the query says is secret masked.
fn target(cx: &Context) -> String {
    let path = inert(cx.path());
    match cx.query_string() {
        "" => path.into_owned(),
        query => {
            let pairs: Vec<_> = query.split('&').map(masked).collect();
            format!("{path}?{}", inert(&pairs.join("&")))
        }
    }
}

fn masked(pair: &str) -> Cow<'_, str> {
    const SECRET: [&str; 7] = [
        "token",
        "secret",
        "passw",
        "api_key",
        "apikey",
        "auth",
        "signature",
    ];
    let Some((name, _)) = pair.split_once('=') else {
        return Cow::Borrowed(pair);
    };
    let lower = name.to_ascii_lowercase();
    if SECRET.iter().any(|secret| lower.contains(secret)) {
        Cow::Owned(format!("{name}=***"))
    } else {
        Cow::Borrowed(pair)
    }
}

/// What the handler survived, and what is behind the problem that it did not.
fn errors(cx: &Context, response: &Response) -> Vec<String> {
    let noted = cx.errors().iter().map(ToString::to_string);
    let cause = Problem::of(response).and_then(Problem::cause);
    noted.chain(cause.map(with_place)).collect()
}

/// A cause and where it became one. A panic tells its place itself: it became a cause where gin caught it.
fn with_place(cause: &Cause) -> String {
    if cause.error().is::<Panic>() {
        return cause.error().to_string();
    }
    format!("{} ({})", chain(cause.error()), cause.location())
}

/// An error and what it was caused by, outermost first.
fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let _ = write!(text, ": {error}");
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_the_query_are_masked() {
        assert_eq!(masked("access_token=abc"), "access_token=***");
        assert_eq!(masked("Password=abc"), "Password=***");
        assert_eq!(masked("page=2"), "page=2");
    }

    #[test]
    fn control_characters_are_written_out() {
        assert_eq!(inert("a\x1b[2Jb\r\n"), "a\\u{1b}[2Jb\\r\\n");
    }
}
