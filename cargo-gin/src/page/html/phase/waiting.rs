//! An app that starts, and one that is ready.

use std::net::SocketAddr;
use std::time::Duration;

use crate::page::html::markup::{Html, prose};
use crate::page::html::phase::building::ticking;
use crate::page::html::phase::crash;
use crate::page::words::sentence;
use crate::state::{Start, Timings};

/// The time after which a page suggests reasons why the app is not ready.
const LONG: Duration = Duration::from_secs(5);

const NO_PORT: &str =
    "Read PORT: `std::env::var(\"PORT\")`; or pass the port it opens as `--app-port`.";

const NOT_ACCEPTING: &str =
    "`main` has yet to serve: it may wait for something else, such as a database.";

/// Adds the state of an app that accepts no connections yet.
pub(crate) fn starting(html: &mut Html, start: &Start, name: &str) {
    if let Some(opened) = start.opened.first().filter(|_| start.is_elsewhere()) {
        wrong_port(html, *opened, start.port);
    } else {
        html.element("section", "card wait", |html| {
            html.raw("<progress aria-label=\"starting the app\"></progress>");
            html.element("p", "", |html| {
                html.text("Waiting ");
                ticking(html, start.since.elapsed());
                html.text(format_args!(" for {name}. "));
                prose::sentence(html, &sentence::port_remark(start));
            });
            if start.since.elapsed() >= LONG {
                let remedy = if start.is_open {
                    NOT_ACCEPTING
                } else {
                    NO_PORT
                };
                html.element("p", "remedy", |html| prose::sentence(html, remedy));
            }
        });
    }
    crash::last_output(html, &start.tail, "Output so far");
}

/// Adds the two ways to make the app and the proxy use the same port.
fn wrong_port(html: &mut Html, opened: u16, port: u16) {
    html.element("section", "card", |html| {
        html.leaf("h2", "", "Requests go to PORT only");
        html.element("p", "", |html| {
            html.text("It was started with ")
                .leaf("code", "", format_args!("PORT={port}"))
                .text(". Listen there: ")
                .leaf("code", "", "std::env::var(\"PORT\")")
                .text(".");
        });
        html.element("p", "", |html| {
            html.text("Or pass the port it opens: ");
            html.leaf(
                "code",
                "",
                format_args!("cargo gin dev --app-port {opened}"),
            )
            .text(".");
        });
    });
}

/// Adds a link to the app, the times that its build and start took, and its own address.
pub(crate) fn ready(html: &mut Html, address: SocketAddr, timings: &Timings) {
    html.element("section", "card", |html| {
        html.raw("<p><a href=\"/\">Go to the app</a></p>");
        let parts = [("built in", timings.build), ("started in", timings.start)];
        let parts = parts.into_iter().filter_map(|(part, time)| {
            let time = sentence::took(time?);
            Some(format!("{part} {time}"))
        });
        let parts: Vec<_> = parts.chain([format!("listening on {address}")]).collect();
        html.leaf("p", "quiet", parts.join(", "));
    });
}
