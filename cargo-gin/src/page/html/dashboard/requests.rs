//! The list of the latest requests.

use std::time::Duration;

use crate::page::exchange::Exchange;
use crate::page::html::markup::{Html, prose};
use crate::page::words::sentence;

const HEADING: &str = "<h2 class=\"sh\" id=\"requests-t\">Requests</h2>\
    <button id=\"newer\" type=\"button\" data-own hidden></button>";
const BUTTONS: &str = "<button id=\"compare\" type=\"button\">Compare builds</button>\
    <button id=\"clear\" type=\"button\">Clear</button>";
const NONE: &str = "<p class=\"quiet\" id=\"none\">No requests yet.</p>";
const TIMES_OF_DAY: &str = "<noscript><p class=\"quiet\">Times are UTC.</p></noscript>";

/// Adds the requests, the newest first, or the reason why they are not shown.
pub(crate) fn requests(html: &mut Html, requests: Result<&[Exchange], &str>, build: u64) {
    html.tag("section")
        .attribute("id", "requests")
        .attribute("aria-labelledby", "requests-t")
        .around(|html| {
            html.element("div", "heading", |html| {
                html.raw(HEADING);
                if requests.is_ok_and(|requests| !requests.is_empty()) {
                    html.raw(BUTTONS);
                }
            });
            match requests {
                Err(reason) => {
                    html.element("p", "remedy", |html| {
                        html.text("Requests are not shown here. ");
                        prose::sentence(html, reason);
                    });
                }
                Ok([]) => {
                    html.raw(NONE);
                }
                Ok(exchanges) => list(html, exchanges, build),
            }
        });
}

fn list(html: &mut Html, exchanges: &[Exchange], build: u64) {
    html.raw(TIMES_OF_DAY);
    html.tag("ol")
        .attribute("class", "log")
        .attribute("id", "log")
        .around(|html| {
            for exchange in exchanges {
                html.tag("li")
                    .attribute("id", format_args!("q{}", exchange.id))
                    .attribute("class", tone(exchange))
                    .around(|html| row(html, exchange, build));
            }
        });
}

fn row(html: &mut Html, exchange: &Exchange, build: u64) {
    status(html, exchange);
    html.text(" ");
    html.tag("a")
        .attribute("href", format_args!("/__gin/requests/{}", exchange.id))
        .around(|html| {
            html.leaf("b", "", &exchange.method).text(" ");
            html.leaf("span", "", &exchange.target);
        });
    html.text(" ");
    marks(html, exchange, build);
    html.element("span", "ms", |html| {
        if let Some(ms) = exchange.ms {
            html.text(sentence::took(Duration::from_millis(ms)));
        }
    });
    html.text(" ");
    time(html, exchange);
}

/// Returns the class that colors a request: a failed one stands out.
pub(crate) fn tone(exchange: &Exchange) -> &'static str {
    match exchange.status {
        Some(500..) => "bad",
        Some(400..) => "busy",
        None if exchange.ms.is_some() => "bad",
        None => "open",
        Some(_) => "good",
    }
}

/// Adds the status of the response, or a placeholder.
fn status(html: &mut Html, exchange: &Exchange) {
    html.element("span", "st", |html| {
        match (exchange.status, exchange.ms) {
            (Some(status), _) => html.text(status),
            (None, Some(_)) => html.text("—").leaf("span", "vh", "no response"),
            (None, None) => html.text("…").leaf("span", "vh", "no response yet"),
        };
    });
}

/// Adds badges for a page in place of the app's response, an incomplete one, a held request, and a response of another build.
pub(crate) fn marks(html: &mut Html, exchange: &Exchange, build: u64) {
    if let Some(reason) = &exchange.in_place {
        html.tag("span")
            .attribute("class", "badge old")
            .attribute("title", reason)
            .holding("not the app’s")
            .text(" ");
    }
    if exchange.is_complete == Some(false) {
        html.leaf("span", "badge", "incomplete").text(" ");
    }
    if let Some(held) = exchange.held_ms.filter(|_| exchange.has_waited) {
        let held = sentence::took(Duration::from_millis(held));
        html.leaf("span", "held", format_args!("held {held}"))
            .text(" ");
    }
    if exchange.build != build {
        html.tag("span")
            .attribute("class", "badge old")
            .attribute("title", "response of another build")
            .holding(format_args!("build {}", exchange.build))
            .text(" ");
    }
}

/// Adds the time of day in UTC. The script converts it to the browser's time zone.
pub(crate) fn time(html: &mut Html, exchange: &Exchange) {
    let seconds = exchange.at_ms / 1000;
    let [hour, minute, second] = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60];
    html.tag("time")
        .attribute("data-at", exchange.at_ms)
        .holding(format_args!("{hour:02}:{minute:02}:{second:02}"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::tests::sample;

    #[test]
    fn a_page_in_place_of_the_app_s_response_is_marked_with_its_reason() {
        let marks = |exchange: &Exchange| {
            let mut html = Html::new();
            marks(&mut html, exchange, exchange.build);
            html.into_string()
        };
        let mut exchange = sample::exchange();
        assert_eq!(marks(&exchange), "");
        exchange.in_place = Some("The code does not compile.".to_owned());
        let expected =
            "<span class=\"badge old\" title=\"The code does not compile.\">not the app’s</span> ";
        assert_eq!(marks(&exchange), expected);
    }
}
