//! Elements that many pages have in common.

use std::fmt::Display;

use crate::page::html::markup::html::{Element, Html};

/// Adds preformatted text. It can take the focus, so that the keyboard scrolls it, and has a label for that.
pub(crate) fn preformatted(
    html: &mut Html,
    class: &'static str,
    label: impl Display,
    inside: impl FnOnce(&mut Html),
) {
    html.tag("pre")
        .optional("class", Some(class).filter(|class| !class.is_empty()))
        .attribute("tabindex", 0)
        .attribute("role", "group")
        .attribute("aria-label", label)
        .around(inside);
}

/// Adds preformatted source code.
pub(crate) fn listing(html: &mut Html, label: impl Display, inside: impl FnOnce(&mut Html)) {
    preformatted(html, "", label, |html| {
        html.element("code", "", inside);
    });
}

/// Adds a closed fold. `key` identifies it for scripts.
pub(crate) fn fold(
    html: &mut Html,
    key: &'static str,
    summary: impl Display,
    inside: impl FnOnce(&mut Html),
) {
    html.tag("details")
        .attribute("class", "f")
        .attribute("data-fold", key)
        .around(|html| {
            html.leaf("summary", "", summary);
            inside(html);
        });
}

/// A link to another site, which opens in a tab of its own.
pub(crate) fn external_link(html: &mut Html, address: impl Display) -> Element<'_> {
    html.tag("a")
        .attribute("rel", "noreferrer")
        .attribute("target", "_blank")
        .attribute("href", address)
}
