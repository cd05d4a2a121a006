//! The list of the last requests.

use std::time::Duration;

use crate::page::exchange::Exchange;
use crate::page::html::markup::{Html, prose};
use crate::page::words::sentence;

/// Adds the requests, the newest first, or why they are not shown.
pub(crate) fn requests(html: &mut Html, asked: Result<&[Exchange], &str>, build: u64) {
    html.raw("<section id=\"requests\" aria-labelledby=\"requests-t\"><div class=\"heading\"><h2 class=\"sh\" id=\"requests-t\">Requests</h2>");
    html.raw("<button id=\"newer\" type=\"button\" data-own hidden></button></div>");
    match asked {
        Err(reason) => {
            html.raw("<p class=\"remedy\">They are not shown here. ");
            prose::sentence(html, reason);
            html.raw("</p>");
        }
        Ok([]) => {
            html.raw("<p class=\"quiet\" id=\"none\">Nobody has asked for anything yet.</p>");
        }
        Ok(exchanges) => {
            html.raw("<noscript><p class=\"quiet\">Times of day are UTC.</p></noscript><ol class=\"asked\" id=\"asked\">");
            for exchange in exchanges {
                row(html, exchange, build);
            }
            html.raw("</ol>");
        }
    }
    html.raw("</section>");
}

fn row(html: &mut Html, exchange: &Exchange, build: u64) {
    html.raw("<li id=\"q")
        .text(exchange.id)
        .raw("\" class=\"")
        .raw(tone(exchange))
        .raw("\">");
    status(html, exchange);
    html.raw(" <a href=\"/__gin/requests/")
        .text(exchange.id)
        .raw("\"><b>")
        .text(&exchange.method)
        .raw("</b> <span>")
        .text(&exchange.target)
        .raw("</span></a> ");
    marks(html, exchange, build);
    html.raw("<span class=\"ms\">");
    if let Some(ms) = exchange.ms {
        html.text(sentence::took(Duration::from_millis(ms)));
    }
    html.raw("</span> ");
    time(html, exchange);
    html.raw("</li>");
}

/// Which colour a request has: one that failed stands out.
pub(crate) fn tone(exchange: &Exchange) -> &'static str {
    match exchange.status {
        Some(500..) => "bad",
        Some(400..) => "busy",
        None if exchange.ms.is_some() => "bad",
        None => "open",
        Some(_) => "good",
    }
}

/// Adds the answer's status, or what stands in its place.
fn status(html: &mut Html, exchange: &Exchange) {
    html.raw("<span class=\"st\">");
    match (exchange.status, exchange.ms) {
        (Some(status), _) => html.text(status),
        (None, Some(_)) => html.raw("—<span class=\"vh\">no answer</span>"),
        (None, None) => html.raw("…<span class=\"vh\">no answer yet</span>"),
    };
    html.raw("</span>");
}

/// Adds what is out of the ordinary: an answer that was cut off, a request that was held, and an answer of other code.
pub(crate) fn marks(html: &mut Html, exchange: &Exchange, build: u64) {
    if exchange.whole == Some(false) {
        html.raw("<span class=\"badge\">cut off</span> ");
    }
    if let Some(held) = exchange.held_ms.filter(|held| *held > 0) {
        html.raw("<span class=\"held\">held ")
            .text(sentence::took(Duration::from_millis(held)))
            .raw("</span> ");
    }
    if exchange.build != build {
        html.raw("<span class=\"badge old\" title=\"another build than this one\">build ")
            .text(exchange.build)
            .raw("</span> ");
    }
}

/// Adds the time of day. Only the browser knows where the person is, so it is told in UTC first.
pub(crate) fn time(html: &mut Html, exchange: &Exchange) {
    let seconds = exchange.at_ms / 1000;
    let [hour, minute, second] = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60];
    html.raw("<time data-at=\"")
        .text(exchange.at_ms)
        .raw("\">")
        .text(format!("{hour:02}:{minute:02}:{second:02}"))
        .raw("</time>");
}
