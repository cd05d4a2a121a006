//! What there is to see while the app starts, and once it answers.

use std::time::Duration;

use crate::page::html::markup::Html;
use crate::page::html::phase::building::ticking;
use crate::page::html::phase::crash;
use crate::page::words::sentence;
use crate::state::{Start, Timings};

/// How long an app may take to open its port before something seems to be wrong.
const LONG: Duration = Duration::from_secs(5);

/// Adds what is known of an app that has not opened its port.
pub(crate) fn starting(html: &mut Html, start: &Start) {
    if let Some(opened) = start.opened.first() {
        elsewhere(html, *opened, start.port);
    } else {
        html.raw(
            "<section class=\"card wait\"><progress aria-label=\"the app starts\"></progress>",
        );
        html.raw("<p>Waiting for it to listen on <code>PORT=")
            .text(start.port)
            .raw("</code>, for ");
        ticking(html, start.since.elapsed());
        html.raw(" now</p>");
        if start.since.elapsed() >= LONG {
            html.raw("<p class=\"remedy\">It has opened no port so far. If it does not read <code>PORT</code>, let it: ");
            html.raw("<code>std::env::var(\"PORT\")</code>; or say with <code>--app-port</code> which port it opens.</p>");
        }
        html.raw("</section>");
    }
    crash::last_output(html, &start.tail, "Its output so far");
}

/// Adds the two ways to bring an app and its requests together.
fn elsewhere(html: &mut Html, opened: u16, port: u16) {
    html.raw("<section class=\"card\"><h2>Requests are sent to the port it was told</h2><p>It was started with <code>PORT=")
        .text(port)
        .raw("</code>. Let it listen there: <code>std::env::var(\"PORT\")</code>.</p><p>Or tell which port it opens: <code>cargo gin dev --app-port ")
        .text(opened)
        .raw("</code>.</p></section>");
}

/// Adds where the app is and how long it took to get there.
pub(crate) fn ready(html: &mut Html, timings: &Timings) {
    html.raw("<section class=\"card\"><p><a href=\"/\">Go to the app</a></p><p class=\"quiet\">");
    let parts = [("built in ", timings.build), ("started in ", timings.start)];
    let mut between = "";
    for (part, time) in parts {
        if let Some(time) = time {
            html.raw(between).raw(part).text(sentence::took(time));
            between = ", ";
        }
    }
    html.raw("</p></section>");
}
