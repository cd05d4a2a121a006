//! The page of one request: its outcome, headers and bodies, and a button that sends it again.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use http::StatusCode;

use crate::page::assets::Nonce;
use crate::page::exchange::{Exchange, Fields, FullExchange, RecordedBody, Replay};
use crate::page::html::dashboard::frame::framed;
use crate::page::html::dashboard::requests::{marks, time, tone};
use crate::page::html::frame::as_curl;
use crate::page::html::markup::{Html, preformatted, prose};
use crate::page::words::{curl, sentence};
use crate::state::Status;

/// The name that gin-core gives to the time of the handler.
const HANDLER: &str = "handler";
/// The name that gin-core gives to the time of all middleware and the handler together.
const TOTAL: &str = "total";
/// The shortest whole of a bar. Times of requests are in milliseconds, so a short one took none.
const SHORTEST: Duration = Duration::from_micros(1);

const NEEDS_JAVASCRIPT: &str =
    "<noscript><p class=\"quiet\">Sending it again needs JavaScript.</p></noscript>";
const BUTTONS: &str = "<p class=\"act\"><button id=\"no\" type=\"button\" autofocus>Cancel</button> \
    <button id=\"yes\" type=\"button\">Send anyway</button></p>";

/// Returns the page of a request.
pub(crate) fn request(status: &Status, full: &FullExchange, origin: &str, nonce: &Nonce) -> String {
    let exchange = &full.exchange;
    let title = format!("{} {}", exchange.method, exchange.target);
    framed(&title, status, "", nonce, |html| {
        navigation(html, full);
        html.tag("div")
            .attribute("id", "outcome")
            .around(|html| outcome(html, exchange, status.attempt));
        let command = curl::of_record(full, origin);
        replay(html, exchange.id, full.replay, command.as_deref());
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
        let ms = ms.map(|ms| match ms {
            0 => "at once".to_owned(),
            ms => format!("after {}", sentence::took(Duration::from_millis(ms))),
        });
        html.leaf("dt", "", what)
            .leaf("dd", "", ms.as_deref().unwrap_or("—"));
    }
    let laps = laps(exchange);
    let whole = laps.iter().map(|(_, from, time)| *from + *time).max();
    for (name, from, time) in laps {
        html.leaf("dt", "", name).element("dd", "", |html| {
            html.text(format_args!("{} ms in the app", Millis(time)));
            bars(
                html,
                whole.unwrap_or_default(),
                &[("app", from, from + time)],
            );
        });
    }
}

/// Returns the times that the app reports, each with its beginning and its length, counted from the app's first. The time of a
/// middleware is its own, without that of what it runs. Times after that of the handler are parts of it, except for the total.
fn laps(exchange: &Exchange) -> Vec<(&str, Duration, Duration)> {
    let mut start = Duration::ZERO;
    let mut is_around = true;
    let mut laps = Vec::new();
    for (name, time) in server_timing(exchange) {
        let from = if name == TOTAL { Duration::ZERO } else { start };
        laps.push((name, from, time));
        is_around &= name != HANDLER;
        if is_around {
            start += time;
        }
    }
    laps
}

/// Adds the time until the request was forwarded, that of the app until the head of its response, and that of the body, as a bar.
fn waterfall(html: &mut Html, exchange: &Exchange) {
    let (Some(sent), Some(first), Some(end)) = (exchange.held_ms, exchange.head_ms, exchange.ms)
    else {
        return;
    };
    let [sent, first, end] = [sent, first, end].map(Duration::from_millis);
    let parts = [
        ("start", Duration::ZERO, sent),
        ("app", sent, first),
        ("start", first, end),
    ];
    bars(html, end, &parts);
}

/// Adds parts of a time, each with its class, beginning and end, as bars in a row that stands for the `whole`.
fn bars(html: &mut Html, whole: Duration, parts: &[(&str, Duration, Duration)]) {
    let percent = |time: Duration| 100.0 * time.min(whole).div_duration_f64(whole.max(SHORTEST));
    html.tag("svg")
        .attribute("class", "took")
        .attribute("aria-hidden", "true")
        .around(|html| {
            for (class, from, to) in parts {
                let (from, to) = (percent(*from), percent(*to));
                html.tag("rect")
                    .attribute("class", class)
                    .attribute("x", format_args!("{from:.1}%"))
                    .attribute("width", format_args!("{:.1}%", to - from))
                    .attribute("height", "100%")
                    .empty();
            }
        });
}

/// Returns the times that the app reports in `Server-Timing`, such as those of its middleware, from the outside in.
fn server_timing(exchange: &Exchange) -> Vec<(&str, Duration)> {
    let fields = exchange.response_headers.iter().flatten();
    let values = fields.filter(|(name, _)| name == "server-timing");
    let metrics = values.flat_map(|(_, value)| value.split(','));
    metrics
        .filter_map(|metric| {
            let (name, rest) = metric.split_once(";dur=")?;
            let name = name.split(';').next()?.trim();
            let ms: f64 = rest.split(';').next()?.trim().parse().ok()?;
            Some((name, Duration::try_from_secs_f64(ms / 1000.0).ok()?))
        })
        .collect()
}

/// Displays a short time in milliseconds, with the microseconds.
struct Millis(Duration);

impl Display for Millis {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let micros = self.0.as_micros();
        write!(f, "{}.{:03}", micros / 1000, micros % 1000)
    }
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

/// Adds the buttons that send the request again and copy its command, or the reason why there is none.
fn replay(html: &mut Html, id: u64, replay: Replay, command: Option<&str>) {
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
        if let Some(command) = command {
            as_curl(html, command);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::tests::sample;

    #[test]
    fn each_middleware_has_a_bar_at_its_time() {
        let timing =
            "Logger;dur=10.000, auth;dur=5.5, handler;dur=30.000, db;dur=20, total;dur=50.000";
        let mut exchange = sample::exchange();
        exchange.response_headers = Some(vec![("server-timing".to_owned(), timing.to_owned())]);
        let mut html = Html::new();
        times(&mut html, &exchange);
        let html = html.into_string();
        for (name, words, bar) in [
            ("Logger", "10.000 ms", "x=\"0.0%\" width=\"20.0%\""),
            ("auth", "5.500 ms", "x=\"20.0%\" width=\"11.0%\""),
            ("handler", "30.000 ms", "x=\"31.0%\" width=\"60.0%\""),
            ("db", "20.000 ms", "x=\"31.0%\" width=\"40.0%\""),
            ("total", "50.000 ms", "x=\"0.0%\" width=\"100.0%\""),
        ] {
            let (_, row) = html.split_once(&format!("<dt>{name}</dt>")).unwrap();
            let (row, _) = row.split_once("</dd>").unwrap();
            assert!(row.contains(words) && row.contains(bar), "{name}: {row}");
        }
    }
}
