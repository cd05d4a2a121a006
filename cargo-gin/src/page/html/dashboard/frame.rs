//! The frame that the dashboard and a request's page share.

use crate::page::assets::{Nonce, script, style};
use crate::page::html::frame::{add_style, end, foot, page, refresh, top};
use crate::page::html::markup::Html;
use crate::page::html::theme::Theme;
use crate::state::Status;

const HELP: &str = "<dialog id=\"help\" aria-labelledby=\"help-t\"><h2 id=\"help-t\">Keys</h2><dl>\
    <dt><kbd>j</kbd> <kbd>k</kbd></dt><dd>the request below, above</dd>\
    <dt><kbd>Enter</kbd></dt><dd>open the one in focus</dd>\
    <dt><kbd>n</kbd></dt><dd>show the newer ones</dd>\
    <dt><kbd>s</kbd></dt><dd>send an opened request again</dd>\
    <dt><kbd>d</kbd></dt><dd>the dashboard</dd>\
    <dt><kbd>r</kbd></dt><dd>build again</dd>\
    <dt><kbd>/</kbd></dt><dd>filter</dd>\
    <dt><kbd>Esc</kbd></dt><dd>close this</dd></dl></dialog>";

/// Returns a page with the main content that `write` adds.
pub(crate) fn framed(
    title: &str,
    status: &Status,
    tools: &'static str,
    nonce: &Nonce,
    write: impl FnOnce(&mut Html),
) -> String {
    let theme = Theme::of(&status.phase);
    let head = |html: &mut Html| {
        refresh(html, status);
        add_style(html, style::DASHBOARD, nonce);
    };
    let title = format!("{} {title}", theme.sign);
    page(&title, theme, nonce, head, |html| {
        html.tag("body")
            .attribute("class", theme.class)
            .attribute("data-phase", status.phase.name())
            .attribute("data-build", status.attempt)
            .around(|html| {
                top(html, status, theme, tools);
                html.tag("main")
                    .attribute("id", "main")
                    .attribute("class", "wide")
                    .around(write);
                foot(html, status);
                end(html, HELP, &script::DASHBOARD, nonce);
            });
    })
}
