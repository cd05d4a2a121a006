//! The frame of every page: its head, the bar at the top, and the foot.

use crate::page::assets::{Nonce, style};
use crate::page::html::markup::Html;
use crate::page::html::theme::Theme;
use crate::page::words::sentence;
use crate::state::{Phase, Status};

/// What scripts have to say: why something was not done, and why nothing can be done from here.
const NOTICES: &str = "<div id=\"notice\" role=\"alert\" hidden><p></p><button type=\"button\" aria-label=\"Dismiss\">×</button></div>\
    <p id=\"barred\"></p>";

/// Adds the head, which is left open: more may follow.
pub(crate) fn head(html: &mut Html, title: &str, theme: Theme, nonce: &Nonce) {
    html.raw("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    html.raw("<meta name=\"color-scheme\" content=\"light dark\"><title>")
        .text(title)
        .raw("</title>");
    theme.icon(html);
    add_style(html, style::PAGE, nonce);
}

/// Adds to the head how the page looks.
pub(crate) fn add_style(html: &mut Html, style: &'static str, nonce: &Nonce) {
    html.raw("<style nonce=\"")
        .text(nonce)
        .raw("\">")
        .raw(style)
        .raw("</style>");
}

/// Adds the keys and the script, with which the page ends.
pub(crate) fn end(html: &mut Html, help: &'static str, script: &'static str, nonce: &Nonce) {
    html.raw(help)
        .raw("<script nonce=\"")
        .text(nonce)
        .raw("\">")
        .raw(script)
        .raw("</script></body></html>");
}

/// Adds to the head that the page comes again by itself where no script sees to that, while there is something to wait for.
pub(crate) fn refresh(html: &mut Html, status: &Status) {
    if let Phase::Building(_) | Phase::Idle | Phase::Starting(_) = status.phase {
        html.raw("<noscript><meta http-equiv=\"refresh\" content=\"1\"></noscript>");
    }
}

/// Adds the bar at the top, with what `tools` there are.
pub(crate) fn top(html: &mut Html, status: &Status, theme: Theme, tools: &'static str) {
    html.raw("<header class=\"top\"><span class=\"sign\" aria-hidden=\"true\">")
        .raw(theme.sign)
        .raw("</span><b id=\"name\">");
    html.text(sentence::name(status))
        .raw("</b><span id=\"live\" role=\"status\">")
        .text(sentence::attempt(status));
    html.raw("</span><span class=\"tools\">").raw(tools).raw(
        "<button id=\"keys\" type=\"button\" aria-label=\"? Keys\">?</button></span></header>",
    );
    html.raw(NOTICES);
}

/// Adds where the project is, how it is built, and the way to the dashboard.
pub(crate) fn foot(html: &mut Html, status: &Status) {
    html.raw("<footer><ul><li>")
        .text(status.target.root.display())
        .raw("</li>");
    let pace = sentence::pace(status);
    for part in sentence::recipe(status).into_iter().chain(pace) {
        html.raw("<li>").text(part).raw("</li>");
    }
    html.raw("</ul><a href=\"/__gin/\">Dashboard of cargo gin dev</a></footer>");
}
