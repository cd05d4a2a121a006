//! The page of one request: its outcome, headers and bodies, and a button that sends it again.

use std::time::Duration;

use http::StatusCode;

use crate::page::assets::Nonce;
use crate::page::exchange::{Exchange, Fields, FullExchange, RecordedBody, Replay};
use crate::page::html::dashboard::frame::framed;
use crate::page::html::dashboard::requests::{marks, time, tone};
use crate::page::html::markup::{Html, preformatted, prose};
use crate::page::words::sentence;
use crate::state::Status;

const NEEDS_JAVASCRIPT: &str =
    "<noscript><p class=\"quiet\">Sending it again needs JavaScript.</p></noscript>";
const BUTTONS: &str = "<p class=\"act\"><button id=\"no\" type=\"button\" autofocus>Cancel</button> \
    <button id=\"yes\" type=\"button\">Send anyway</button></p>";

/// Returns the page of a request.
pub(crate) fn request(status: &Status, full: &FullExchange, nonce: &Nonce) -> String {
    let exchange = &full.exchange;
    let title = format!("{} {}", exchange.method, exchange.target);
    framed(&title, status, "", nonce, |html| {
        navigation(html, full);
        html.tag("div")
            .attribute("id", "outcome")
            .around(|html| outcome(html, exchange, status.attempt));
        replay(html, exchange.id, full.replay);
        html.tag("div")
            .attribute("class", "pair")
            .attribute("id", "pair")
            .around(|html| {
                let headers = Some(&exchange.request_headers);
                side(html, "Request", |html| {
                    content(html, "Request", headers, &full.request);
                });
                let headers = exchange.response_headers.as_ref();
                side(html, "Response", |html| {
                    incident(html, exchange);
                    if let Some(reason) = &exchange.in_place {
                        in_place(html, reason);
                    }
                    let is_known = headers.is_some_and(|headers| !headers.is_empty());
                    if exchange.in_place.is_none() || is_known {
                        content(html, "Response", headers, &full.response);
                    }
                });
            });
    })
}

/// Adds links to the dashboard, and to the requests before and after.
fn navigation(html: &mut Html, full: &FullExchange) {
    html.element("p", "ways", |html| {
        html.raw("<a href=\"/__gin/\">Dashboard</a>");
        let beside = [(full.older, "prev", "older"), (full.newer, "next", "newer")];
        for (id, rel, word) in beside {
            if let Some(id) = id {
                html.text(" ")
                    .tag("a")
                    .attribute("rel", rel)
                    .attribute("href", format_args!("/__gin/requests/{id}"))
                    .holding(word);
            }
        }
    });
}

/// Adds the request line, the outcome and the times.
fn outcome(html: &mut Html, exchange: &Exchange, build: u64) {
    html.tag("div")
        .attribute("class", format_args!("hero {}", tone(exchange)))
        .around(|html| {
            html.element("h1", "line", |html| {
                html.leaf("code", "", &exchange.method)
                    .text(" ")
                    .text(&exchange.target);
            });
            html.element("p", "sub", |html| {
                html.leaf("b", "st", status_text(exchange)).text(" ");
                marks(html, exchange, build);
            });
            waterfall(html, exchange);
            html.element("dl", "times", |html| times(html, exchange));
        });
}

/// Adds the time of arrival, and the later events relative to it.
fn times(html: &mut Html, exchange: &Exchange) {
    html.leaf("dt", "", "received")
        .element("dd", "", |html| time(html, exchange));
    let times = [
        ("forwarded", exchange.held_ms),
        ("first byte", exchange.head_ms),
        ("finished", exchange.ms),
    ];
    for (what, ms) in times {
        let ms = ms.map(|ms| format!("after {}", sentence::took(Duration::from_millis(ms))));
        html.leaf("dt", "", what)
            .leaf("dd", "", ms.as_deref().unwrap_or("—"));
    }
    for (name, ms) in server_timing(exchange) {
        html.leaf("dt", "", name)
            .leaf("dd", "", format_args!("{ms} ms in the app"));
    }
}

/// Adds the time until the request was forwarded, that of the app until the head of its response, and that of the body, as a bar.
fn waterfall(html: &mut Html, exchange: &Exchange) {
    let (Some(sent), Some(first), Some(end)) = (exchange.held_ms, exchange.head_ms, exchange.ms)
    else {
        return;
    };
    let percent = |ms: u64| ms.min(end) * 100 / end.max(1);
    html.tag("svg")
        .attribute("class", "took")
        .attribute("aria-hidden", "true")
        .around(|html| {
            for (class, from, to) in [
                ("start", 0, sent),
                ("app", sent, first),
                ("start", first, end),
            ] {
                let (from, to) = (percent(from), percent(to));
                html.tag("rect")
                    .attribute("class", class)
                    .attribute("x", format_args!("{from}%"))
                    .attribute("width", format_args!("{}%", to.saturating_sub(from)))
                    .attribute("height", "100%")
                    .empty();
            }
        });
}

/// Returns the times that the app reports in `Server-Timing`, such as those of its middleware: a name, and milliseconds.
fn server_timing(exchange: &Exchange) -> Vec<(&str, &str)> {
    let fields = exchange.response_headers.iter().flatten();
    let values = fields.filter(|(name, _)| name == "server-timing");
    let metrics = values.flat_map(|(_, value)| value.split(','));
    metrics
        .filter_map(|metric| {
            let (name, rest) = metric.split_once(";dur=")?;
            let name = name.split(';').next()?;
            Some((name.trim(), rest.split(';').next()?.trim()))
        })
        .collect()
}

/// Returns the status of the response, or a placeholder.
fn status_text(exchange: &Exchange) -> String {
    match (exchange.status, exchange.ms) {
        (Some(status), _) => StatusCode::from_u16(status)
            .map_or_else(|_| status.to_string(), |status| status.to_string()),
        (None, Some(_)) => "No response".to_owned(),
        (None, None) => "No response yet".to_owned(),
    }
}

/// Adds the button that sends the request again, or the reason why there is none.
fn replay(html: &mut Html, id: u64, replay: Replay) {
    html.element("div", "act", |html| {
        if let Replay::Never(reason) = replay {
            html.element("p", "quiet", |html| prose::sentence(html, reason));
        } else {
            html.tag("button")
                .attribute("type", "button")
                .attribute("id", "replay")
                .attribute("data-id", id)
                .holding("Send again");
            html.raw(NEEDS_JAVASCRIPT);
        }
    });
    match replay {
        Replay::Never(_) => return,
        Replay::Confirmed(warning) => confirmation(html, warning),
        Replay::Freely => {}
    }
    html.raw("<section id=\"replayed\" class=\"card\" data-own hidden></section>");
}

/// Adds the confirmation before a request with an effect is sent again.
fn confirmation(html: &mut Html, warning: &str) {
    html.tag("dialog")
        .attribute("id", "sure")
        .flag("data-own", true)
        .attribute("aria-labelledby", "sure-t")
        .around(|html| {
            html.tag("p").attribute("id", "sure-t").holding(warning);
            html.raw(BUTTONS);
        });
}

/// Adds one side.
fn side(html: &mut Html, name: &'static str, inside: impl FnOnce(&mut Html)) {
    html.tag("section")
        .attribute("aria-labelledby", name)
        .around(|html| {
            html.tag("h2")
                .attribute("class", "sh")
                .attribute("id", name)
                .holding(name);
            inside(html);
        });
}

/// Adds the headers and the body of one side.
fn content(html: &mut Html, name: &'static str, fields: Option<&Fields>, content: &RecordedBody) {
    match fields {
        Some(fields) => {
            table(html, fields);
            body(html, name, content);
        }
        None => {
            html.leaf("p", "quiet", "No response.");
        }
    }
}

/// Adds a link to the page of the incident.
fn incident(html: &mut Html, exchange: &Exchange) {
    if let Some(path) = &exchange.incident {
        html.element("p", "", |html| {
            html.tag("a")
                .attribute("id", "incident")
                .attribute("href", path)
                .holding("The incident: its place, the calls and the output");
        });
    }
}

/// Adds the reason why the client did not get the app's response.
fn in_place(html: &mut Html, reason: &str) {
    html.leaf("p", "remedy", reason);
    html.leaf(
        "p",
        "quiet",
        "cargo gin dev showed a page of its own in place of the app’s response.",
    );
}

fn table(html: &mut Html, fields: &Fields) {
    if fields.is_empty() {
        html.leaf("p", "quiet", "no headers");
        return;
    }
    html.element("table", "fields", |html| {
        html.element("tbody", "", |html| {
            for (name, value) in fields {
                html.element("tr", "", |html| {
                    html.tag("th").attribute("scope", "row").holding(name);
                    html.leaf("td", "", value);
                });
            }
        });
    });
}

fn body(html: &mut Html, name: &'static str, content: &RecordedBody) {
    let size = sentence::bytes(content.bytes);
    match &content.text {
        _ if content.bytes == 0 => {
            html.leaf("p", "quiet", "no body");
        }
        Some(text) => {
            preformatted(html, "out", format_args!("{name} body"), |html| {
                html.text(text);
            });
            if !content.is_complete {
                html.leaf("p", "quiet", format_args!("the beginning of {size}"));
            }
        }
        None if content.is_complete => {
            let remark = format_args!("{size}, not text");
            html.leaf("p", "quiet", remark);
        }
        None => {
            html.element("p", "quiet", |html| {
                html.text(format_args!("{size}, not recorded ("))
                    .leaf("code", "", "--record-bodies")
                    .text(")");
            });
        }
    }
}
