//! The page around the content: head, header and footer.

use http::StatusCode;

use super::markup::Html;
use super::nonce::Nonce;
use super::output::output;
use crate::page::format::Revisit;
use crate::page::{secret, sentence, text};
use crate::phase::{Phase, Status};

const STYLE: &str = include_str!("../page.css");
const SCRIPT: &str = include_str!("../page.js");

/// The whole page for `status`.
pub(in crate::page) fn document(status: &Status, revisit: Revisit, nonce: &Nonce) -> String {
    let mut html = Html::new();
    head(&mut html, &sentence::headline(status), nonce);
    if matches!(
        status.phase,
        Phase::Building(_) | Phase::Idle | Phase::Starting(_)
    ) && revisit == Revisit::Freely
    {
        html.raw("<noscript><meta http-equiv=\"refresh\" content=\"1\"></noscript>");
    }
    html.raw("<main data-phase=\"")
        .text(status.phase.name())
        .raw("\" data-build=\"")
        .text(status.build);
    html.raw(match revisit {
        Revisit::Freely => "\">",
        Revisit::Asks => "\" data-asks>",
    });
    html.raw("<h1>")
        .text(sentence::headline(status))
        .raw("</h1><p>");
    html.text(sentence::attempt(status)).raw("</p>");
    if let Some(remark) = sentence::remark(status) {
        html.raw("<p>").text(remark).raw("</p>");
    }
    for diagnostic in status.diagnostics.iter() {
        let rendered = diagnostic.message.rendered.as_deref();
        let rendered = rendered.unwrap_or(&diagnostic.message.message);
        html.raw("<pre>").html(&output(rendered)).raw("</pre>");
    }
    if let Some(tail) = text::tail(&status.phase) {
        html.raw("<h2>Last output</h2><pre>");
        for line in tail.iter() {
            html.html(&output(&secret::mask(&line.text))).raw("\n");
        }
        html.raw("</pre>");
    }
    html.raw("</main><script nonce=\"")
        .text(nonce)
        .raw("\">")
        .raw(SCRIPT)
        .raw("</script>");
    html.into_string()
}

/// A page that says why the dev server refuses.
pub(in crate::page) fn problem(
    code: StatusCode,
    title: &str,
    detail: &str,
    nonce: &Nonce,
) -> String {
    let mut html = Html::new();
    head(&mut html, title, nonce);
    html.raw("<main><h1>")
        .text(code.as_u16())
        .raw(" ")
        .text(title)
        .raw("</h1><p>")
        .text(detail)
        .raw("</p></main>");
    html.into_string()
}

fn head(html: &mut Html, title: &str, nonce: &Nonce) {
    html.raw("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    html.raw("<meta name=\"color-scheme\" content=\"light dark\"><title>")
        .text(title)
        .raw("</title>");
    html.raw("<style nonce=\"")
        .text(nonce)
        .raw("\">")
        .raw(STYLE)
        .raw("</style></head>");
}
