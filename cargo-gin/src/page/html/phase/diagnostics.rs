//! All diagnostics of a build.

use std::collections::HashSet;

use crate::editor::FileList;
use crate::fix;
use crate::page::html::markup::Html;
use crate::page::html::phase::diagnostic::{Heading, article};
use crate::page::html::phase::explanation::Explained;
use crate::page::html::phase::listing::{self, Item};
use crate::page::html::source::SourceFiles;
use crate::page::words::sentence;
use crate::state::Status;

/// Adds the table of contents, then each diagnostic.
pub(crate) fn diagnostics(html: &mut Html, status: &Status) {
    let items = listing::items(status);
    if items.is_empty() {
        return;
    }
    html.tag("div")
        .attribute("class", "split")
        .attribute("id", "split")
        .around(|html| {
            if items.len() > 1 {
                listing::navigation(html, &items);
            }
            html.tag("div")
                .attribute("class", "list")
                .attribute("id", "list")
                .around(|html| list(html, &items, status));
        });
}

/// Adds the errors, then the warnings in a fold, which is open if there are no errors.
fn list(html: &mut Html, items: &[Item<'_>], status: &Status) {
    let (errors, warnings) = items.split_at(items.partition_point(Item::is_error));
    let files = SourceFiles::new(status.diagnostics.sources(), FileList::Diagnostics);
    let mut explained = HashSet::new();
    let heading = match listing::only_error(status) {
        Some(_) => Heading::OfPage,
        None => Heading::Own,
    };
    articles(html, errors, heading, &files, &mut explained);
    if !warnings.is_empty() {
        html.tag("details")
            .attribute("id", "warnings")
            .attribute("class", "more")
            .attribute("data-fold", "warnings")
            .flag("open", errors.is_empty())
            .around(|html| {
                let count = sentence::counted(warnings.len(), "warning");
                html.leaf("summary", "", count);
                articles(html, warnings, Heading::Own, &files, &mut explained);
            });
    }
    html.raw("<p id=\"none\" class=\"quiet\" hidden>No diagnostic matches the filter.</p>");
    if status.diagnostics.omitted() > 0 {
        let omitted = status.diagnostics.omitted();
        html.leaf("p", "quiet", format_args!("and {omitted} more, not shown"));
    }
}

fn articles<'a>(
    html: &mut Html,
    items: &[Item<'a>],
    heading: Heading,
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
        article(html, item, heading, explained, files);
    }
}

/// Adds the button that applies all sure fixes, if there are several.
pub(crate) fn sure_fixes(html: &mut Html, status: &Status) {
    let count = fix::sure_offers(&status.diagnostics);
    if count > 1 {
        html.tag("button")
            .attribute("type", "button")
            .attribute("class", "fix")
            .attribute("data-fix", "all")
            .holding(format_args!("Apply sure fixes ({count})"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;
    use crate::diagnostics::{Diagnostic, Diagnostics, Origin};
    use crate::page::tests::sample;
    use crate::state::Phase;

    #[test]
    fn the_crate_is_shown_only_if_there_are_several() {
        for (crates, shown) in [
            (&["blog", "blog"][..], &[][..]),
            (&["blog", "blog", ""], &[]),
            (&["blog", "store", ""], &["blog", "store"]),
        ] {
            let mut all = Diagnostics::default();
            for (number, package) in crates.iter().enumerate() {
                let message = json!({
                    "message": format!("error {number}"), "code": null, "level": "error", "spans": [], "children": [], "rendered": null,
                });
                let message = from_value(message).unwrap();
                all.push(Diagnostic::new(Origin::Rustc, package, message));
            }
            let status = sample::status(Phase::Failed, all);
            let mut html = Html::new();
            diagnostics(&mut html, &status);
            let html = html.into_string();
            for name in ["blog", "store"] {
                let article = format!("<span class=\"crate\">{name} <span class=\"nth\">");
                let heading = format!("<p class=\"fh\"><b>{name}</b>");
                let is_shown = shown.contains(&name);
                assert_eq!(html.contains(&article), is_shown, "{name}: {html}");
                assert_eq!(html.contains(&heading), is_shown, "{name}: {html}");
            }
        }
    }
}
