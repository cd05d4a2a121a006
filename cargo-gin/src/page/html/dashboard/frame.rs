//! The frame of a page about the run.

use crate::page::assets::{Nonce, script, style};
use crate::page::html::frame::{add_style, end, foot, head, refresh, top};
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

/// A page about the run, around what `write` adds.
pub(crate) fn framed(
    title: &str,
    status: &Status,
    tools: &'static str,
    nonce: &Nonce,
    write: impl FnOnce(&mut Html),
) -> String {
    let theme = Theme::of(&status.phase);
    let mut html = Html::new();
    head(&mut html, &format!("{} {title}", theme.sign), theme, nonce);
    refresh(&mut html, status);
    add_style(&mut html, style::DASHBOARD, nonce);
    html.raw("</head><body class=\"")
        .raw(theme.class)
        .raw("\" data-phase=\"")
        .text(status.phase.name())
        .raw("\" data-build=\"")
        .text(status.attempt)
        .raw("\">");
    top(&mut html, status, theme, tools);
    html.raw("<main id=\"main\" class=\"wide\">");
    write(&mut html);
    html.raw("</main>");
    foot(&mut html, status);
    end(&mut html, HELP, &script::DASHBOARD, nonce);
    html.into_string()
}
