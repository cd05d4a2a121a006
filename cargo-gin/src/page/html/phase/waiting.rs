//! An app that starts, and one that is ready.

use std::time::Duration;

use crate::page::html::markup::Html;
use crate::page::html::phase::building::ticking;
use crate::page::html::phase::crash;
use crate::page::words::sentence;
use crate::state::{Start, Timings};

/// The time after which a page suggests reasons why the app has not opened its port.
const LONG: Duration = Duration::from_secs(5);

const NO_PORT: &str = "<p class=\"remedy\">It has opened no port so far. If it does not read <code>PORT</code>, let it: \
    <code>std::env::var(\"PORT\")</code>; or say with <code>--app-port</code> which port it opens.</p>";

/// Adds the state of an app that does not listen on its port yet.
pub(crate) fn starting(html: &mut Html, start: &Start) {
    if let Some(opened) = start.opened.first() {
        wrong_port(html, *opened, start.port);
    } else {
        html.element("section", "card wait", |html| {
            html.raw("<progress aria-label=\"the app starts\"></progress>");
            html.element("p", "", |html| {
                html.text("Waiting for it to listen on ")
                    .leaf("code", "", format_args!("PORT={}", start.port))
                    .text(", for ");
                ticking(html, start.since.elapsed());
                html.text(" now");
            });
            if start.since.elapsed() >= LONG {
                html.raw(NO_PORT);
            }
        });
    }
    crash::last_output(html, &start.tail, "Its output so far");
}

/// Adds the two ways to make the app and the proxy use the same port.
fn wrong_port(html: &mut Html, opened: u16, port: u16) {
    html.element("section", "card", |html| {
        html.leaf("h2", "", "Requests are sent to the port it was told");
        html.element("p", "", |html| {
            html.text("It was started with ")
                .leaf("code", "", format_args!("PORT={port}"))
                .text(". Let it listen there: ");
            html.raw("<code>std::env::var(\"PORT\")</code>.");
        });
        html.element("p", "", |html| {
            html.text("Or tell which port it opens: ");
            html.leaf(
                "code",
                "",
                format_args!("cargo gin dev --app-port {opened}"),
            )
            .text(".");
        });
    });
}

/// Adds a link to the app, and the times that its build and start took.
pub(crate) fn ready(html: &mut Html, timings: &Timings) {
    html.element("section", "card", |html| {
        html.raw("<p><a href=\"/\">Go to the app</a></p>");
        let parts = [("built in", timings.build), ("started in", timings.start)];
        let parts = parts.into_iter().filter_map(|(part, time)| {
            let time = sentence::took(time?);
            Some(format!("{part} {time}"))
        });
        html.leaf("p", "quiet", parts.collect::<Vec<_>>().join(", "));
    });
}
