//! Entries of the request log.

use std::borrow::Cow;
use std::fmt::{self, Write};
use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use http::StatusCode;
use serde::Serialize;

use crate::failure::{Cause, Panic, Problem, chain};
use crate::middleware::logger::timestamp::Timestamp;
use crate::request::{Context, TraceContext};
use crate::response::Response;

/// The format of entries.
#[derive(Debug)]
pub(crate) enum Style {
    /// The line of Go's gin, in color.
    Color,
    /// The line of Go's gin.
    Plain,
    Json,
    Own(Format),
}

/// A function of the app that returns an entry's line.
pub(crate) struct Format(pub(crate) Box<dyn Fn(&LogEntry<'_>) -> String + Send + Sync>);

/// The treatment of queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum QueryStyle {
    Masked,
    LeftOut,
}

/// The entry of a request, for the function that [`Logger::format`](crate::middleware::Logger::format) takes.
///
/// The text in it is safe for a terminal: control characters are escaped. Values in the query are masked if they may be secret.
///
/// ```
/// use gin::middleware::{LogEntry, Logger};
///
/// fn line(entry: &LogEntry<'_>) -> String {
///     format!("{} {} {} in {:?}", entry.status(), entry.method(), entry.path(), entry.took())
/// }
///
/// let logger = Logger::new().format(line);
/// ```
#[derive(Serialize)]
pub struct LogEntry<'a> {
    time: Timestamp,
    status: u16,
    took_us: u128,
    ip: Option<IpAddr>,
    method: &'a str,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    route: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<String>,
    #[serde(skip)]
    took: Duration,
    #[serde(skip)]
    now: SystemTime,
    #[serde(skip)]
    cx: &'a Context,
    #[serde(skip)]
    response: &'a Response,
}

impl<'a> LogEntry<'a> {
    pub(crate) fn new(
        cx: &'a Context,
        response: &'a Response,
        query: QueryStyle,
        (now, took): (SystemTime, Duration),
    ) -> LogEntry<'a> {
        LogEntry {
            time: Timestamp::of(now),
            status: response.status().as_u16(),
            took_us: took.as_micros(),
            ip: cx.client_ip(),
            method: cx.method().as_str(),
            path: target(cx, query),
            route: cx.pattern(),
            request_id: cx.request_id(),
            trace_id: cx.trace_context().map(TraceContext::trace_id),
            errors: errors(cx, response),
            took,
            now,
            cx,
            response,
        }
    }

    /// Returns the time of the response.
    pub fn time(&self) -> SystemTime {
        self.now
    }

    /// Returns the status of the response.
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// Returns the time from the request to the head of its response.
    #[doc(alias = "Latency")]
    pub fn took(&self) -> Duration {
        self.took
    }

    /// Returns the address of the client, which a trusted proxy may report.
    pub fn client_ip(&self) -> Option<IpAddr> {
        self.ip
    }

    /// Returns the method of the request.
    pub fn method(&self) -> &str {
        self.method
    }

    /// Returns the path and the query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the size of the response's body in bytes, unless it is a stream.
    #[doc(alias = "BodySize")]
    pub fn body_size(&self) -> Option<u64> {
        self.response.body().len()
    }

    /// Returns the errors that were noted with [`Context::error`], and the cause of the response's problem.
    #[doc(alias = "ErrorMessage")]
    pub fn errors(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.errors.iter().map(|error| escaped(error))
    }

    /// Returns the request, with what middleware has left in it. Text that comes from the client may have control characters.
    #[doc(alias = "Keys")]
    pub fn context(&self) -> &Context {
        self.cx
    }

    /// Returns the entry with a line feed.
    pub(crate) fn line(&self, style: &Style) -> String {
        match style {
            Style::Own(Format(format)) => {
                let mut line = format(self);
                if !line.ends_with('\n') {
                    line.push('\n');
                }
                line
            }
            Style::Json => serde_json::to_string(self).unwrap_or_default() + "\n",
            Style::Plain => self.gin_line(["", "", "", ""]),
            Style::Color => self.gin_line([
                status_color(self.status),
                time_color(self.took),
                method_color(self.method),
                "\x1b[0m",
            ]),
        }
    }

    fn gin_line(&self, [status, slow, method, reset]: [&str; 4]) -> String {
        let ip = self.ip.map_or_else(|| "-".to_owned(), |ip| ip.to_string());
        let mut line = format!(
            "[GIN] {time} |{status} {code} {reset}|{slow} {took:>10} {reset}| {ip:>15} |{method} {name:<7} {reset} \"{path}\"{id}\n",
            time = self.time.slashed(),
            code = self.status,
            took = format!("{:.1?}", self.took),
            name = escaped(self.method),
            path = self.path,
            id = self
                .request_id
                .map(|id| format!(" {id}"))
                .unwrap_or_default(),
        );
        for error in &self.errors {
            let _ = writeln!(line, "      {}", escaped(error));
        }
        line
    }
}

/// The colors of Go's gin.
fn status_color(status: u16) -> &'static str {
    match status {
        100..=299 => "\x1b[97;42m",
        300..=399 => "\x1b[90;47m",
        400..=499 => "\x1b[90;43m",
        _ => "\x1b[97;41m",
    }
}

/// From here on a time is yellow, and from the second one on it is red.
const SLOW: Duration = Duration::from_millis(100);
const VERY_SLOW: Duration = Duration::from_secs(1);

fn time_color(took: Duration) -> &'static str {
    if took >= VERY_SLOW {
        "\x1b[31m"
    } else if took >= SLOW {
        "\x1b[33m"
    } else {
        ""
    }
}

/// The colors of Go's gin.
fn method_color(method: &str) -> &'static str {
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

/// Escapes control characters, which a terminal would obey.
fn escaped(text: &str) -> Cow<'_, str> {
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

/// Returns the path and the query, with secret values masked.
fn target(cx: &Context, query: QueryStyle) -> String {
    let path = escaped(cx.raw_path());
    match cx.query_string() {
        "" => path.into_owned(),
        _ if query == QueryStyle::LeftOut => path.into_owned(),
        query => {
            let pairs: Vec<_> = query.split('&').map(masked).collect();
            format!("{path}?{}", escaped(&pairs.join("&")))
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

/// Returns the errors that handlers noted, and the cause of the response's problem.
fn errors(cx: &Context, response: &Response) -> Vec<String> {
    let noted = cx.errors().iter().map(ToString::to_string);
    let cause = Problem::of(response).and_then(Problem::cause);
    noted.chain(cause.map(with_place)).collect()
}

/// Returns a cause with its place. A panic has its own place, while the cause's is where the framework caught it.
fn with_place(cause: &Cause) -> String {
    if cause.error().is::<Panic>() {
        return cause.error().to_string();
    }
    format!("{} ({})", chain(cause.error()), cause.location())
}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Format")
    }
}

impl fmt::Debug for LogEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.status, self.method, self.path)
    }
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
    fn a_slow_response_is_yellow_and_a_very_slow_one_red() {
        for (milliseconds, color) in [
            (99, ""),
            (100, "\x1b[33m"),
            (999, "\x1b[33m"),
            (1000, "\x1b[31m"),
        ] {
            assert_eq!(time_color(Duration::from_millis(milliseconds)), color);
        }
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(escaped("a\x1b[2Jb\r\n"), "a\\u{1b}[2Jb\\r\\n");
    }
}
