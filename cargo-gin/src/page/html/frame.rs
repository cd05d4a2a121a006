//! The frame of every page: its head, the bar at the top, and the footer.

use crate::page::assets::{Nonce, style};
use crate::page::html::markup::Html;
use crate::page::html::theme::Theme;
use crate::page::words::sentence;
use crate::state::{Phase, Status};

const METADATA: &str = "<meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
    <meta name=\"color-scheme\" content=\"light dark\">";
/// A link to the dashboard.
pub(crate) const DASHBOARD_LINK: &str = "<a href=\"/__gin/\">Dashboard of cargo gin dev</a>";
const KEYS: &str = "<button id=\"keys\" type=\"button\" aria-label=\"? Keys\">?</button>";
/// The tool of pages that have their Markdown in them.
pub(crate) const COPY: &str = "<button id=\"copy\" type=\"button\">Copy as Markdown</button>";
/// The button that copies a request. Without a script it has no effect, so a style hides the row in which it stands.
const AS_CURL: &str = "<button id=\"as-curl\" type=\"button\">Copy as curl</button>";
/// The keys of pages that show places, shown with `?`.
pub(crate) const PLACES_HELP: &str = "<dialog id=\"help\" aria-labelledby=\"help-t\"><h2 id=\"help-t\">Keys</h2><dl>\
    <dt><kbd>Enter</kbd></dt><dd>open the first place in the editor</dd>\
    <dt><kbd>c</kbd></dt><dd>copy as Markdown</dd>\
    <dt><kbd>d</kbd></dt><dd>dashboard</dd>\
    <dt><kbd>Esc</kbd></dt><dd>close</dd></dl></dialog>";
/// Messages of scripts: why an action failed, and why actions are unavailable.
const NOTICES: &str = "<div id=\"notice\" role=\"alert\" hidden><p></p><button type=\"button\" aria-label=\"Dismiss\">×</button></div>\
    <p id=\"barred\"></p>";

/// Returns a page with the given body, and with the additions of `head` in its head.
pub(crate) fn page(
    title: &str,
    theme: Theme,
    nonce: &Nonce,
    head: impl FnOnce(&mut Html),
    body: impl FnOnce(&mut Html),
) -> String {
    let mut html = Html::new();
    html.raw("<!doctype html>");
    html.tag("html").attribute("lang", "en").around(|html| {
        html.element("head", "", |html| {
            html.raw(METADATA).leaf("title", "", title);
            theme.icon(html);
            add_style(html, style::PAGE, nonce);
            head(html);
        });
        body(html);
    });
    html.into_string()
}

/// Adds a style to the head.
pub(crate) fn add_style(html: &mut Html, style: &'static str, nonce: &Nonce) {
    html.tag("style").attribute("nonce", nonce).around(|html| {
        html.raw(style);
    });
}

/// Adds a button that copies `command`, a request for curl.
pub(crate) fn as_curl(html: &mut Html, command: &str) {
    html.raw(AS_CURL)
        .tag("textarea")
        .attribute("id", "curl")
        .flag("hidden", true)
        .holding(command);
}

/// Adds the end of the body: the list of keys, and the script.
pub(crate) fn end(html: &mut Html, help: &'static str, script: &'static str, nonce: &Nonce) {
    html.raw(help);
    html.tag("script").attribute("nonce", nonce).around(|html| {
        html.raw(script);
    });
}

/// Makes the page reload by itself without JavaScript, while the phase is going to change or may change.
pub(crate) fn refresh(html: &mut Html, status: &Status) {
    match status.phase {
        Phase::Building(_) | Phase::Idle | Phase::Starting(_) => {
            html.raw("<noscript><meta http-equiv=\"refresh\" content=\"1\"></noscript>");
        }
        // There is time to read the output.
        Phase::Crashed(_) => {
            html.raw("<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>");
        }
        // The errors of a build take longer to read.
        Phase::Failed | Phase::Built | Phase::Ready(_) => {}
    }
}

/// Adds the bar at the top, with the given tools.
pub(crate) fn top(html: &mut Html, status: &Status, theme: Theme, tools: &'static str) {
    html.element("header", "top", |html| {
        theme.sign(html);
        html.tag("b")
            .attribute("id", "name")
            .holding(sentence::name(status));
        html.tag("span")
            .attribute("id", "live")
            .attribute("role", "status")
            .holding(sentence::attempt(status));
        html.element("span", "tools", |html| {
            html.raw(tools).raw(KEYS);
        });
    });
    html.raw(NOTICES);
}

/// Adds the footer: the project's directory, how it is built, and a link to the dashboard.
pub(crate) fn foot(html: &mut Html, status: &Status) {
    html.element("footer", "", |html| {
        html.element("ul", "", |html| {
            html.leaf("li", "", status.target.root.display());
            let pace = sentence::pace(status);
            for part in sentence::recipe(status).into_iter().chain(pace) {
                html.leaf("li", "", part);
            }
        });
        html.raw(DASHBOARD_LINK);
    });
}
