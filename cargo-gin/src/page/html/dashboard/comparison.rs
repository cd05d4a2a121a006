//! The page that compares requests before a rebuild with the same requests after it.

use crate::page::assets::Nonce;
use crate::page::exchange::{Exchange, FullExchange, RecordedBody};
use crate::page::html::dashboard::frame::framed;
use crate::page::html::markup::{Html, preformatted};
use crate::page::words::sentence;
use crate::state::Status;

/// The header fields that differ between any two responses.
const EVER_NEW: [&str; 2] = ["date", "server-timing"];

const WAYS: &str = "<p class=\"ways\"><a href=\"/__gin/\">Dashboard</a></p>";
const NONE: &str = "<p class=\"quiet\">“Compare builds” on the dashboard sends the GET requests of earlier builds again, and shows here what differs.</p>";

/// A request, and the same sent again.
pub(crate) type Pair = (FullExchange, FullExchange);

/// A member of a response that differs: its name, and its values.
type Difference = (String, String, String);

/// Returns the page of requests that were sent again, those whose responses differ first.
pub(crate) fn comparison(status: &Status, pairs: &[Pair], nonce: &Nonce) -> String {
    framed("Before and after", status, "", nonce, |html| {
        html.raw(WAYS);
        let (changed, same): (Vec<_>, Vec<_>) = pairs.iter().partition(|pair| differs(pair));
        let all = sentence::counted(pairs.len(), "request");
        html.element("div", "hero", |html| {
            match pairs {
                [] => html.leaf("h1", "", "Nothing to compare yet"),
                _ => html.leaf("h1", "", format_args!("{} of {all} changed", changed.len())),
            };
        });
        for pair in &changed {
            section(html, pair);
        }
        if pairs.is_empty() {
            html.raw(NONE);
        }
        if !same.is_empty() {
            html.leaf("h2", "sh", "The same");
            html.element("ul", "", |html| {
                for (before, now) in same {
                    html.element("li", "", |html| {
                        html.text(&now.exchange.method).text(" ");
                        link(html, &now.exchange, &before.exchange.target);
                        if unserved(&now.exchange).is_some() {
                            html.text(" · ").text(outcome(&now.exchange));
                        }
                    });
                }
            });
        }
    })
}

fn differs((before, now): &Pair) -> bool {
    !differences(&before.exchange, &now.exchange).is_empty() || has_other_body(before, now)
}

/// Returns `true` if both bodies of the app are known, and they differ.
fn has_other_body(before: &FullExchange, now: &FullExchange) -> bool {
    let is_other =
        before.response.bytes != now.response.bytes || before.response.text != now.response.text;
    is_other && is_known(&before.exchange) && is_known(&now.exchange)
}

/// Returns `true` if the headers and the body are those of the app, also where a client got a page in their place.
fn is_known(exchange: &Exchange) -> bool {
    let headers = exchange.response_headers.as_ref();
    exchange.in_place.is_none() || headers.is_some_and(|headers| !headers.is_empty())
}

/// Returns the status of the app's response, or the reason why there is none.
fn outcome(exchange: &Exchange) -> String {
    match (unserved(exchange), exchange.status) {
        (Some(reason), _) => format!("no response of the app: {reason}"),
        (None, Some(status)) => status.to_string(),
        (None, None) => "no response".to_owned(),
    }
}

/// Returns the reason why the app has not responded, if it has not. It has if it reported an incident.
fn unserved(exchange: &Exchange) -> Option<&String> {
    let reason = exchange.in_place.as_ref();
    reason.filter(|_| exchange.incident.is_none())
}

/// Returns the status and the header fields that differ.
fn differences(before: &Exchange, now: &Exchange) -> Vec<Difference> {
    let mut found = vec![("status".to_owned(), outcome(before), outcome(now))];
    let names = if is_known(before) && is_known(now) {
        names(before, now)
    } else {
        Vec::new()
    };
    for name in names {
        let [one, other] = [before, now].map(|exchange| values(exchange, &name));
        found.push((name, one, other));
    }
    found.retain(|(_, before, now)| before != now);
    found
}

fn names(before: &Exchange, now: &Exchange) -> Vec<String> {
    let headers = [before, now].into_iter();
    let headers = headers.filter_map(|exchange| exchange.response_headers.as_ref());
    let mut names: Vec<_> = headers.flatten().map(|(name, _)| name.clone()).collect();
    names.sort();
    names.dedup();
    names.retain(|name| !EVER_NEW.contains(&name.as_str()));
    names
}

/// Returns the values of a header field, or a dash.
fn values(exchange: &Exchange, name: &str) -> String {
    let fields = exchange.response_headers.iter().flatten();
    let values: Vec<_> = fields
        .filter(|(other, _)| other == name)
        .map(|(_, value)| value.as_str())
        .collect();
    match values.as_slice() {
        [] => "—".to_owned(),
        values => values.join(", "),
    }
}

/// Adds a request whose response has changed.
fn section(html: &mut Html, (before, now): &Pair) {
    html.element("section", "", |html| {
        html.element("h2", "line", |html| {
            html.leaf("code", "", &now.exchange.method).text(" ");
            link(html, &now.exchange, &before.exchange.target);
        });
        let differing = differences(&before.exchange, &now.exchange);
        if !differing.is_empty() {
            table(html, &differing, before.exchange.build, now.exchange.build);
        }
        if has_other_body(before, now) {
            html.element("div", "pair", |html| {
                let sides = [("Body before", before), ("Body now", now)];
                for (name, side) in sides {
                    html.element("div", "", |html| body(html, name, &side.response));
                }
            });
        }
    });
}

fn link(html: &mut Html, exchange: &Exchange, target: &str) {
    html.tag("a")
        .attribute("href", format_args!("/__gin/requests/{}", exchange.id))
        .holding(target);
}

fn table(html: &mut Html, differing: &[Difference], before: u64, now: u64) {
    html.element("table", "fields", |html| {
        html.element("thead", "", |html| {
            html.element("tr", "", |html| {
                html.raw("<td></td>");
                for build in [before, now] {
                    html.tag("th")
                        .attribute("scope", "col")
                        .holding(format_args!("build {build}"));
                }
            });
        });
        html.element("tbody", "", |html| {
            for (name, before, now) in differing {
                html.element("tr", "", |html| {
                    html.tag("th").attribute("scope", "row").holding(name);
                    html.leaf("td", "", before).leaf("td", "", now);
                });
            }
        });
    });
}

fn body(html: &mut Html, name: &'static str, body: &RecordedBody) {
    let size = sentence::bytes(body.bytes);
    html.leaf("p", "quiet", format_args!("{name}: {size}"));
    if let Some(text) = body.text.as_ref().filter(|text| !text.is_empty()) {
        preformatted(html, "out", name, |html| {
            html.text(text);
        });
    }
}
