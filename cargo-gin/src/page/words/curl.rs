//! A request as a command for curl.

use std::borrow::Cow;

use crate::incidents::Incident;
use crate::page::exchange::{Exchange, Fields, FullExchange};
use crate::page::words::secret;

/// Header fields that curl sets itself, or that name a connection and no content.
const OWN: [&str; 6] = [
    "connection",
    "content-length",
    "host",
    "accept-encoding",
    "transfer-encoding",
    "upgrade-insecure-requests",
];

/// Returns the command that sends the request of an incident again. Secrets are masked in it.
pub(crate) fn of_incident(incident: &Incident) -> String {
    let request = &incident.request;
    let url = format!("{}{}", request.origin, request.target);
    let body = incident.report.body.as_deref();
    command(&request.method, &url, &request.headers, body)
}

/// Returns the command that sends a recorded request again, to the dev server at `origin`. Secrets are masked in it. `None` if the
/// body is not known.
pub(crate) fn of_record(full: &FullExchange, origin: &str) -> Option<String> {
    let Exchange {
        method,
        target,
        request_headers,
        ..
    } = &full.exchange;
    let body = match full.request.bytes {
        0 => None,
        _ if full.request.is_complete => Some(full.request.text.as_deref()?),
        _ => return None,
    };
    let url = format!("{origin}{target}");
    Some(command(method, &url, request_headers, body))
}

fn command(method: &str, url: &str, headers: &Fields, body: Option<&str>) -> String {
    let mut words = vec!["curl".to_owned(), "--include".to_owned()];
    match method {
        "GET" => {}
        "HEAD" => words.push("--head".to_owned()),
        method => words.extend(["--request".to_owned(), quoted(method)]),
    }
    words.push(quoted(url));
    for (name, value) in headers {
        if !OWN.contains(&name.as_str()) && !name.starts_with("sec-") {
            words.extend(["--header".to_owned(), quoted(&format!("{name}: {value}"))]);
        }
    }
    if let Some(body) = body {
        let body: String = body.split_inclusive('\n').map(secret::mask).collect();
        words.extend(["--data-raw".to_owned(), quoted(&body)]);
    }
    words.join(" ")
}

fn quoted(word: &str) -> String {
    Cow::into_owned(shell_words::quote(word))
}
