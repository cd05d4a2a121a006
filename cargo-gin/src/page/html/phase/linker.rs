//! Errors of the linker by symbol, each with the lines that use it.

use crate::diagnostics::{Diagnostic, Origin, Undefined, undefined};
use crate::page::html::markup::Html;
use crate::page::html::phase::panic::excerpt;
use crate::page::html::source::SourceFiles;
use crate::page::words::sentence;
use crate::panic::Place;

/// The most lines that are shown of one symbol.
const USES: usize = 3;

/// Adds the symbols that the linker does not find.
pub(crate) fn symbols(html: &mut Html, diagnostic: &Diagnostic, files: &SourceFiles<'_>) {
    let children = diagnostic.message.children.iter();
    let children = children.filter(|_| diagnostic.origin == Origin::Linker);
    let found: Vec<_> = children
        .flat_map(|child| undefined(&child.message))
        .collect();
    for undefined in &found {
        html.element("h3", "sh", |html| {
            html.text("Not found: ").leaf("code", "", &undefined.symbol);
        });
        uses(html, undefined, files);
    }
}

fn uses(html: &mut Html, undefined: &Undefined, files: &SourceFiles<'_>) {
    for place in undefined.uses.iter().take(USES) {
        let line = files
            .get(&place.file)
            .and_then(|source| source.line(place.line));
        let before = line.and_then(|line| line.split_once(undefined.symbol.as_str()));
        let column = before.map_or(1, |(before, _)| before.chars().count() + 1);
        let place = Place {
            file: place.file.clone(),
            line: place.line,
            column,
        };
        excerpt(html, &place, files);
    }
    let more = undefined.uses.len().saturating_sub(USES);
    if more > 0 {
        let more = sentence::counted(more, "more use");
        html.leaf("p", "quiet", more);
    }
}
