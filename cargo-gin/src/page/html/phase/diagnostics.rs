//! All that a build said.

use std::collections::HashSet;

use crate::editor::Table;
use crate::fix;
use crate::page::html::markup::Html;
use crate::page::html::phase::diagnostic::article;
use crate::page::html::phase::explanation::Explained;
use crate::page::html::phase::listing::{self, Item};
use crate::page::html::source::SourceFiles;
use crate::page::words::sentence;
use crate::state::Status;

/// Adds the list of the diagnostics, then each of them.
pub(crate) fn diagnostics(html: &mut Html, status: &Status) {
    let items = listing::items(status);
    if items.is_empty() {
        return;
    }
    html.raw("<div class=\"split\" id=\"split\">");
    if items.len() > 1 {
        listing::navigation(html, &items);
    }
    html.raw("<div class=\"list\" id=\"list\">");
    let (errors, warnings) = items.split_at(items.partition_point(Item::is_error));
    let files = SourceFiles::new(status.diagnostics.sources(), Table::Diagnostics);
    let mut explained = HashSet::new();
    articles(html, errors, &files, &mut explained);
    if !warnings.is_empty() {
        let is_open = errors.is_empty();
        html.raw("<details id=\"warnings\" class=\"more\" data-fold=\"warnings\"");
        html.raw(if is_open {
            " open><summary>"
        } else {
            "><summary>"
        });
        html.text(sentence::counted(warnings.len(), "warning"))
            .raw("</summary>");
        articles(html, warnings, &files, &mut explained);
        html.raw("</details>");
    }
    if status.diagnostics.omitted() > 0 {
        html.raw("<p class=\"quiet\">and ")
            .text(status.diagnostics.omitted())
            .raw(" more, not shown</p>");
    }
    html.raw("</div></div>");
}

fn articles<'a>(
    html: &mut Html,
    items: &[Item<'a>],
    files: &SourceFiles<'_>,
    explained: &mut HashSet<&'a str>,
) {
    for item in items {
        let code = item.diagnostic.message.code.as_ref();
        let is_first = code.is_none_or(|code| explained.insert(&code.code));
        let explained = if is_first {
            Explained::Here
        } else {
            Explained::Before
        };
        article(html, item, explained, files);
    }
}

/// Adds what can be done about a failed build at once.
pub(crate) fn sure_fixes(html: &mut Html, status: &Status) {
    let count = fix::sure_offers(&status.diagnostics);
    if count > 1 {
        html.raw("<button type=\"button\" class=\"fix\" data-fix=\"all\">Apply all ")
            .text(count)
            .raw(" edits that rustc is sure of</button>");
    }
}
