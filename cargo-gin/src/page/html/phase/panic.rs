//! A panic: its message, the source where it happened, and its calls.

use std::path::Path;

use crate::page::html::markup::{Html, prose};
use crate::page::html::phase::stack::calls;
use crate::page::html::source::{Kind, Mark, Position, SourceFiles, excerpt_at, location};
use crate::page::words::secret;
use crate::panic::{Panic, Place};

/// Adds a panic with the source where it happened and the calls that led there.
pub(crate) fn article(
    html: &mut Html,
    index: usize,
    panic: &Panic,
    files: &SourceFiles<'_>,
    root: &Path,
) {
    html.raw("<article class=\"dg error\" tabindex=\"-1\" id=\"panic-")
        .text(index);
    html.raw("\" aria-labelledby=\"panic-")
        .text(index)
        .raw("-t\"><header><span class=\"lv\">panic</span>");
    html.raw("<span class=\"code\">thread ")
        .text(&panic.thread)
        .raw("</span></header>");
    html.raw("<h2 id=\"panic-").text(index).raw("-t\">");
    prose::sentence(html, &secret::mask(panic.message.trim_end()));
    html.raw("</h2>");
    excerpt(html, &panic.place, files);
    if panic.frames.is_empty() {
        html.raw("<p class=\"f quiet\">Start it with <code>RUST_BACKTRACE=1</code> to see which calls led here.</p>");
    } else {
        calls(html, panic, files, root);
    }
    html.raw("</article>");
}

/// Adds the source around the place of the panic, the word there marked.
pub(crate) fn excerpt(html: &mut Html, place: &Place, files: &SourceFiles<'_>) {
    let Some(source) = files.get(&place.file) else {
        html.raw("<p class=\"f\">");
        location(html, files, &place.file, place.line, place.column);
        html.raw("</p>");
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
