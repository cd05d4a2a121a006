//! The page of a request that the app lost.

use crate::editor::FileList;
use crate::page::assets::{Nonce, script};
use crate::page::formats::LostMarkdown;
use crate::page::html::frame::{COPY, PLACES_HELP, end, foot, page, top};
use crate::page::html::markup::{Html, prose};
use crate::page::html::phase::crash;
use crate::page::html::source::SourceFiles;
use crate::page::html::theme::Theme;
use crate::page::lost::Lost;
use crate::page::words::lost as words;
use crate::state::Status;

/// Returns the page of a lost request: the panics since the request at their places, then the output.
pub(crate) fn document(lost: &Lost, status: &Status, nonce: &Nonce) -> String {
    let theme = Theme::FAILED;
    let headline = words::headline(lost, status);
    let title = format!("{} {headline}", theme.sign);
    let head = |_: &mut Html| {};
    page(&title, theme, nonce, head, |html| {
        html.tag("body")
            .attribute("class", theme.class)
            .attribute("data-build", status.attempt)
            .around(|html| {
                top(html, status, theme, COPY);
                html.tag("main").attribute("id", "main").around(|html| {
                    html.element("div", "hero", |html| {
                        html.leaf("h1", "", &headline);
                        html.element("p", "sub", |html| prose::sentence(html, &lost.detail));
                    });
                    content(html, lost, status);
                });
                foot(html, status);
                html.tag("textarea")
                    .attribute("id", "md")
                    .flag("hidden", true)
                    .holding(LostMarkdown { lost, status });
                end(html, PLACES_HELP, &script::INCIDENT, nonce);
            });
    })
}

fn content(html: &mut Html, lost: &Lost, status: &Status) {
    if lost.panics.is_empty() {
        crash::last_output(html, &lost.output, crash::LAST_OUTPUT);
    } else {
        let files = SourceFiles::new(&lost.sources, FileList::Report);
        crash::panics(html, &lost.panics, &files, &status.target.root);
        crash::rest_after_panics(html, &lost.output, crash::LAST_OUTPUT, |_| true);
    }
}
