//! One request with its answer: headers, bodies, times, and the button that sends it again.

use std::time::Duration;

use http::StatusCode;

use crate::page::assets::Nonce;
use crate::page::exchange::{Content, Exchange, Fields, Replay, Whole};
use crate::page::html::dashboard::frame::framed;
use crate::page::html::dashboard::requests::{marks, time, tone};
use crate::page::html::markup::{Html, prose};
use crate::page::words::sentence;
use crate::state::Status;

/// The page of `whole`.
pub(crate) fn request(status: &Status, whole: &Whole, nonce: &Nonce) -> String {
    let exchange = &whole.exchange;
    let title = format!("{} {}", exchange.method, exchange.target);
    framed(&title, status, "", nonce, |html| {
        ways(html, whole);
        html.raw("<div id=\"told\">");
        told(html, exchange, status.attempt);
        html.raw("</div>");
        replay(html, exchange.id, whole.replay);
        html.raw("<div class=\"pair\" id=\"pair\">");
        side(
            html,
            "Request",
            Some(&exchange.request_headers),
            &whole.request,
        );
        let headers = exchange.response_headers.as_ref();
        side(html, "Answer", headers, &whole.response);
        html.raw("</div>");
    })
}

/// Adds the ways back, and to the requests before and after.
fn ways(html: &mut Html, whole: &Whole) {
    html.raw("<p class=\"ways\"><a href=\"/__gin/\">Dashboard</a>");
    let beside = [
        (whole.older, "prev", "older"),
        (whole.newer, "next", "newer"),
    ];
    for (id, rel, word) in beside {
        if let Some(id) = id {
            html.raw(" <a rel=\"")
                .raw(rel)
                .raw("\" href=\"/__gin/requests/")
                .text(id)
                .raw("\">")
                .raw(word)
                .raw("</a>");
        }
    }
    html.raw("</p>");
}

/// Adds the request's line, and what became of it.
fn told(html: &mut Html, exchange: &Exchange, build: u64) {
    html.raw("<div class=\"hero ")
        .raw(tone(exchange))
        .raw("\"><h1 class=\"line\"><code>")
        .text(&exchange.method)
        .raw("</code> ")
        .text(&exchange.target)
        .raw("</h1><p class=\"sub\"><b class=\"st\">");
    html.text(outcome(exchange)).raw("</b> ");
    marks(html, exchange, build);
    html.raw("</p>");
    html.raw("<dl class=\"times\"><dt>came at</dt><dd>");
    time(html, exchange);
    html.raw("</dd>");
    let times = [
        ("asked the app after", exchange.held_ms),
        ("answered after", exchange.head_ms),
        ("ended after", exchange.ms),
    ];
    for (what, ms) in times {
        html.raw("<dt>").raw(what).raw("</dt><dd>");
        match ms {
            Some(ms) => html.text(sentence::took(Duration::from_millis(ms))),
            None => html.raw("—"),
        };
        html.raw("</dd>");
    }
    html.raw("</dl></div>");
}

/// The answer's status in words, or what stands in its place.
fn outcome(exchange: &Exchange) -> String {
    match (exchange.status, exchange.ms) {
        (Some(status), _) => StatusCode::from_u16(status)
            .map_or_else(|_| status.to_string(), |status| status.to_string()),
        (None, Some(_)) => "No answer".to_owned(),
        (None, None) => "No answer yet".to_owned(),
    }
}

/// Adds the button that sends the request again, or why there is none.
fn replay(html: &mut Html, id: u64, replay: Replay) {
    html.raw("<div class=\"act\">");
    if let Replay::Never(reason) = replay {
        html.raw("<p class=\"quiet\">");
        prose::sentence(html, reason);
        html.raw("</p></div>");
        return;
    }
    html.raw("<button type=\"button\" id=\"replay\" data-id=\"")
        .text(id)
        .raw("\">Send it again</button><noscript><p class=\"quiet\">Sending it again takes JavaScript.</p></noscript></div>");
    if let Replay::Confirmed(warning) = replay {
        html.raw("<dialog id=\"sure\" data-own aria-labelledby=\"sure-t\"><p id=\"sure-t\">")
            .text(warning)
            .raw("</p><p class=\"act\"><button id=\"no\" type=\"button\" autofocus>Leave it</button> ");
        html.raw("<button id=\"yes\" type=\"button\">Send it all the same</button></p></dialog>");
    }
    html.raw("<section id=\"replayed\" class=\"card\" data-own hidden></section>");
}

/// Adds the fields and the body of one direction.
fn side(html: &mut Html, name: &'static str, fields: Option<&Fields>, content: &Content) {
    html.raw("<section aria-labelledby=\"")
        .raw(name)
        .raw("\"><h2 class=\"sh\" id=\"")
        .raw(name)
        .raw("\">")
        .raw(name)
        .raw("</h2>");
    match fields {
        Some(fields) if !fields.is_empty() => {
            html.raw("<table class=\"fields\"><tbody>");
            for (name, value) in fields {
                html.raw("<tr><th scope=\"row\">")
                    .text(name)
                    .raw("</th><td>")
                    .text(value)
                    .raw("</td></tr>");
            }
            html.raw("</tbody></table>");
        }
        Some(_) => {
            html.raw("<p class=\"quiet\">no headers</p>");
        }
        None => {
            html.raw("<p class=\"quiet\">There is none.</p></section>");
            return;
        }
    }
    body(html, name, content);
    html.raw("</section>");
}

fn body(html: &mut Html, name: &'static str, content: &Content) {
    let octets = sentence::counted(
        usize::try_from(content.octets).unwrap_or(usize::MAX),
        "octet",
    );
    match &content.text {
        _ if content.octets == 0 => {
            html.raw("<p class=\"quiet\">no body</p>");
        }
        Some(text) => {
            html.raw("<pre class=\"out\" tabindex=\"0\" role=\"group\" aria-label=\"")
                .raw(name)
                .raw(" body\">")
                .text(text)
                .raw("</pre>");
            if !content.whole {
                html.raw("<p class=\"quiet\">the beginning of ")
                    .text(octets)
                    .raw("</p>");
            }
        }
        None if content.whole => {
            html.raw("<p class=\"quiet\">a body of ")
                .text(octets)
                .raw(" that are no text</p>");
        }
        None => {
            html.raw("<p class=\"quiet\">a body of ")
                .text(octets)
                .raw(", no text of which is kept: <code>--record-bodies</code> keeps the beginning of each</p>");
        }
    }
}
