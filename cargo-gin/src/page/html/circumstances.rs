//! The circumstances of an incident: the fields that are wrong, the parts of the request, and the output of the app meanwhile.

use serde_json::Value;

use crate::incidents::{Argument, Incident, Mistake, Parameter, pairs};
use crate::page::html::frame::as_curl;
use crate::page::html::incident::card;
use crate::page::html::markup::{Html, fold, preformatted, prose};
use crate::page::html::phase::crash;
use crate::page::words::incident::{masked, sent, value};
use crate::page::words::{curl, sentence};
use crate::panic::Panic;

/// The action of the page of an incident. Without a script it has no effect, so a style hides it.
const AGAIN: &str = "<button id=\"again\" type=\"button\">Send again</button> ";

/// Adds the arguments that could not be made.
pub(super) fn arguments(html: &mut Html, incident: &Incident) {
    for argument in incident.arguments() {
        html.element("span", "", |html| self::argument(html, &argument));
    }
}

/// Adds an argument that could not be made: its position and name if they are known, and its type.
fn argument(html: &mut Html, argument: &Argument) {
    if let Some(Parameter { position, name, .. }) = &argument.parameter {
        html.text(format_args!("argument {position} "))
            .leaf("code", "", name)
            .text(": ");
    }
    html.leaf("code", "", &argument.r#type);
}

/// Adds the fields that are wrong, each with the value that was sent.
pub(super) fn mistakes(html: &mut Html, mistakes: &[Mistake]) {
    if mistakes.is_empty() {
        return;
    }
    html.leaf("h3", "sh", "Wrong fields");
    html.element("ul", "rt mistakes", |html| {
        for mistake in mistakes {
            html.element("li", "", |html| {
                if !mistake.place.is_empty() {
                    html.leaf("span", "quiet", &mistake.place).text(" ");
                }
                if !mistake.path.is_empty() {
                    html.leaf("b", "", &mistake.path).text(" ");
                }
                prose::sentence(html, &masked(&mistake.message));
                if let Some(sent) = sent(mistake) {
                    html.text(" · sent ").leaf("code", "", sent);
                }
            });
        }
    });
}

/// Adds the parts of the request that the app has read, open, and its headers, folded.
pub(super) fn request(html: &mut Html, incident: &Incident) {
    let request = &incident.request;
    card(html, "Request", |html| {
        html.element("p", "", |html| {
            html.element("code", "", |html| {
                html.leaf("b", "", &request.method)
                    .text(" ")
                    .text(&request.target);
            });
        });
        actions(html, incident);
        if let Some((_, query)) = request.target.split_once('?') {
            named(html, "Query", &pairs(query));
        }
        named(html, "Cookies", &cookies(incident));
        if let Some(session) = &incident.report.session {
            named(html, "Session", &shown(session.iter()));
        }
        if let Some(body) = &incident.report.body {
            html.leaf("h3", "sh", "Body");
            preformatted(html, "out", "Body", |html| {
                html.text(masked(body));
            });
        }
        let count = sentence::counted(request.headers.len(), "header");
        fold(html, "fields", count, |html| {
            html.element("dl", "fields", |html| {
                for (name, value) in &request.headers {
                    html.leaf("dt", "", name).leaf("dd", "", value);
                }
            });
        });
    });
}

/// Adds what can be done with the request.
fn actions(html: &mut Html, incident: &Incident) {
    html.element("p", "act", |html| {
        html.raw(AGAIN);
        as_curl(html, &curl::of_incident(incident));
    });
    html.element("p", "", |html| {
        html.tag("a")
            .attribute("id", "record")
            .attribute(
                "href",
                format_args!("/__gin/requests/{}", incident.request.record),
            )
            .holding("Its record: the app’s own response, and its times");
    });
}

/// Adds names with their values. Those of secrets are masked.
fn named(html: &mut Html, heading: &'static str, pairs: &[(String, String)]) {
    if pairs.is_empty() {
        return;
    }
    html.leaf("h3", "sh", heading);
    html.element("dl", "fields", |html| {
        for (name, own) in pairs {
            html.leaf("dt", "", name).leaf("dd", "", value(name, own));
        }
    });
}

/// Returns the cookies. Their values are masked already.
fn cookies(incident: &Incident) -> Vec<(String, String)> {
    let headers = incident.request.headers.iter();
    let cookies = headers.filter(|(name, _)| name == "cookie");
    cookies
        .flat_map(|(_, cookies)| cookies.split("; "))
        .filter_map(|cookie| cookie.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn shown<'a>(values: impl Iterator<Item = (&'a String, &'a Value)>) -> Vec<(String, String)> {
    values
        .map(|(name, value)| (name.clone(), value.to_string()))
        .collect()
}

/// Adds the lines that the app printed meanwhile.
pub(super) fn output(html: &mut Html, incident: &Incident) {
    if incident.output.iter().next().is_none() {
        return;
    }
    // A panic without its backtrace shows less than what was printed.
    let shown = incident.panic.as_ref();
    let is_shown = |panic: &Panic| shown.is_some_and(|shown| shown.place == panic.place);
    crash::rest_after_panics(html, &incident.output, "Printed meanwhile", is_shown);
    html.leaf(
        "p",
        "quiet",
        "By time: all that the app printed from this request until its response, other requests included.",
    );
}
