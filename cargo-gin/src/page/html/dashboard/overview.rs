//! The dashboard: the phase and its diagnostics in short, the latest requests, the builds and the routes.

use crate::editor::FileList;
use crate::page::assets::Nonce;
use crate::page::html::dashboard::builds::builds;
use crate::page::html::dashboard::frame::framed;
use crate::page::html::dashboard::requests::requests;
use crate::page::html::dashboard::routes::routes;
use crate::page::html::markup::{Html, prose};
use crate::page::html::phase::listing::{self, Item};
use crate::page::html::phase::{building, toolchain_errors};
use crate::page::html::source::SourceFiles;
use crate::page::seen::Seen;
use crate::page::words::sentence;
use crate::state::{Phase, Status};

/// The number of diagnostics that are named. The phase's page has all of them.
const NAMED: usize = 5;

const TOOLS: &str = "<input id=\"find\" type=\"search\" placeholder=\"Filter\" aria-label=\"Filter requests and routes\">";
/// The notice about a service worker, which a script shows where one is in control.
const WORKER: &str = "<p class=\"remedy\" id=\"worker\" data-own hidden>A service worker is in control of this origin. It may show pages of older \
    builds from its cache. <button id=\"unregister\" type=\"button\">Unregister it</button></p>";

/// Returns the dashboard, with the app's requests and routes, or the reason why they are not shown.
pub(crate) fn dashboard(status: &Status, seen: Result<Seen<'_>, &str>, nonce: &Nonce) -> String {
    let title = format!("{} · dashboard", sentence::headline(status));
    framed(&title, status, TOOLS, nonce, |html| {
        phase(html, status, seen.map_or("/", |seen| seen.url));
        html.raw(WORKER);
        section_links(html, seen);
        html.element("div", "board", |html| {
            requests(html, seen.map(|seen| seen.requests), status.attempt);
            html.element("div", "side", |html| {
                builds(html, status);
                if let Ok(Seen {
                    routes: Some(listed),
                    files,
                    ..
                }) = seen
                {
                    routes(html, listed, &SourceFiles::new(files, FileList::Report));
                }
            });
        });
    })
}

/// Adds the phase, with a link to its page.
fn phase(html: &mut Html, status: &Status, url: &str) {
    html.tag("div")
        .attribute("class", "hero")
        .attribute("id", "phase")
        .around(|html| {
            html.leaf("h1", "", sentence::headline(status));
            match &status.phase {
                Phase::Building(progress) => building::progress(html, progress, status),
                Phase::Ready(reachable) => {
                    html.element("p", "sub", |html| {
                        let name = if url == "/" { "Go to the app" } else { url };
                        html.tag("a")
                            .attribute("href", "/")
                            .holding(name)
                            .text(format_args!(
                                " · the app itself is at {}",
                                reachable.address
                            ));
                    });
                    if let Some(muted) = &status.muted {
                        html.leaf("p", "sub", sentence::muted(muted));
                    }
                }
                Phase::Starting(_)
                | Phase::Crashed(_)
                | Phase::Failed
                | Phase::Idle
                | Phase::Built => {
                    if let Some(remark) = sentence::remark(status) {
                        html.element("p", "sub", |html| prose::sentence(html, &remark));
                    }
                }
            }
            diagnostics(html, status);
        });
}

/// Adds links to the sections, for narrow screens.
fn section_links(html: &mut Html, seen: Result<Seen<'_>, &str>) {
    html.element("p", "jump", |html| {
        html.raw("<a href=\"#requests\">Requests</a> <a href=\"#builds\">Builds</a>");
        if seen.is_ok_and(|seen| seen.routes.is_some()) {
            html.raw(" <a href=\"#routes\">Routes</a>");
        }
    });
}

/// Adds the first diagnostics, each with a link to the phase's page.
fn diagnostics(html: &mut Html, status: &Status) {
    let items = listing::items(status);
    let rest = items.len().saturating_sub(NAMED);
    if !items.is_empty() {
        html.tag("ul")
            .attribute("class", "brief")
            .attribute("aria-label", "Diagnostics")
            .around(|html| {
                for item in items.iter().take(NAMED) {
                    entry(html, item);
                }
            });
    }
    let more = match (&status.phase, rest) {
        (_, 1..) => format!("{rest} more"),
        (Phase::Ready(_), 0) => return,
        (Phase::Crashed(_), 0) => "Show the last output".to_owned(),
        (Phase::Failed, 0) => "Show source and suggestions".to_owned(),
        (Phase::Building(_) | Phase::Idle | Phase::Built | Phase::Starting(_), 0) => {
            "Show the page that is served instead".to_owned()
        }
    };
    html.element("p", "", |html| {
        html.tag("a")
            .attribute("href", "/__gin/phase")
            .holding(more);
    });
}

/// Adds one diagnostic with its place.
fn entry(html: &mut Html, item: &Item<'_>) {
    let level = if item.is_error() { "error" } else { "warning" };
    html.element("li", level, |html| {
        html.leaf("span", "lv", level).text(" ");
        html.tag("a")
            .attribute("href", format_args!("/__gin/phase#{}", item.anchor))
            .around(|html| prose::sentence(html, toolchain_errors::title(item.diagnostic)));
        if let Some((file, line)) = item.place() {
            html.text(" ").element("span", "at", |html| {
                html.text(file).leaf("b", "", format_args!(":{line}"));
            });
        }
    });
}
