//! A request as a command for curl.

use std::borrow::Cow;

use crate::incidents::{Incident, Request};
use crate::page::words::incident::masked;

/// Header fields that curl sets itself, or that name a connection and no content.
const OWN: [&str; 6] = [
    "connection",
    "content-length",
    "host",
    "accept-encoding",
    "transfer-encoding",
    "upgrade-insecure-requests",
];

/// Returns the command that sends the request again. Secrets are masked in it.
pub(crate) fn command(incident: &Incident) -> String {
    let Request {
        method,
        target,
        headers,
        origin,
        ..
    } = &incident.request;
    let mut words = vec!["curl".to_owned(), "--include".to_owned()];
    match method.as_str() {
        "GET" => {}
        "HEAD" => words.push("--head".to_owned()),
        method => words.extend(["--request".to_owned(), quoted(method)]),
    }
    words.push(quoted(&format!("{origin}{target}")));
    for (name, value) in headers {
        if !OWN.contains(&name.as_str()) && !name.starts_with("sec-") {
            words.extend(["--header".to_owned(), quoted(&format!("{name}: {value}"))]);
        }
    }
    if let Some(body) = &incident.report.body {
        words.extend(["--data-raw".to_owned(), quoted(&masked(body))]);
    }
    words.join(" ")
}

fn quoted(word: &str) -> String {
    Cow::into_owned(shell_words::quote(word))
}
