//! A panic: its message, the source where it happened, and its calls.

use std::path::Path;

use crate::page::html::markup::{Html, prose};
use crate::page::html::phase::stack::stack;
use crate::page::html::phase::{HEADLINE, Heading};
use crate::page::html::source::{Kind, Mark, Position, SourceFiles, excerpt_at, location};
use crate::page::words::secret;
use crate::panic::{Panic, Place};

const NO_CALLS: &str =
    "<p class=\"f quiet\">Set <code>RUST_BACKTRACE=1</code> to get a stack trace.</p>";

/// Adds a panic with the source at its place and its stack trace.
pub(crate) fn article(
    html: &mut Html,
    index: usize,
    panic: &Panic,
    heading: Heading,
    files: &SourceFiles<'_>,
    root: &Path,
) {
    let title = match heading {
        Heading::Own => format!("panic-{index}-t"),
        Heading::OfPage => HEADLINE.to_owned(),
    };
    html.tag("article")
        .attribute("class", "dg error")
        .attribute("tabindex", -1)
        .attribute("id", format_args!("panic-{index}"))
        .attribute("aria-labelledby", &title)
        .around(|html| {
            if heading == Heading::OfPage {
                html.leaf("h2", "vh", "Details");
            }
            html.element("header", "", |html| {
                html.leaf("span", "lv", "panic");
                html.leaf("span", "code", format_args!("thread {}", panic.thread));
            });
            if heading == Heading::Own {
                html.tag("h2")
                    .attribute("id", &title)
                    .around(|html| prose::sentence(html, &secret::mask(panic.message.trim_end())));
            }
            excerpt(html, &panic.place, files);
            if panic.frames.is_empty() {
                html.raw(NO_CALLS);
            } else {
                stack(html, panic, files, root);
            }
        });
}

/// Adds the source around the place of the panic, with the word there marked.
pub(crate) fn excerpt(html: &mut Html, place: &Place, files: &SourceFiles<'_>) {
    let Some(source) = files.get(&place.file) else {
        html.element("p", "f", |html| {
            location(html, files, &place.file, place.line, place.column);
        });
        return;
    };
    let at = |column| Position {
        line: place.line,
        column,
    };
    let mark = Mark {
        file: &place.file,
        start: at(place.column),
        end: at(source.word_end(place.line, place.column)),
        kind: Kind::Primary,
        label: None,
    };
    html.html(&excerpt_at(&mark, files));
}
