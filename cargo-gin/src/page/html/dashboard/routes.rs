//! The routes of an app that tells them.

use crate::incidents::Route;
use crate::page::html::markup::Html;
use crate::page::html::source::{SourceFiles, location};
use crate::page::words::sentence;

/// Adds the routes: what each takes, who handles it, where that was said, and what runs around it.
pub(crate) fn routes(html: &mut Html, routes: &[Route], files: &SourceFiles<'_>) {
    html.raw("<section id=\"routes\" aria-labelledby=\"routes-t\"><div class=\"heading\"><h2 class=\"sh\" id=\"routes-t\">");
    html.text(sentence::counted(routes.len(), "route"))
        .raw("</h2></div><ol class=\"routes\">");
    for route in routes {
        row(html, route, files);
    }
    html.raw("</ol></section>");
}

fn row(html: &mut Html, route: &Route, files: &SourceFiles<'_>) {
    html.raw("<li><p class=\"way\"><b>")
        .text(&route.method)
        .raw("</b> <span>")
        .text(&route.pattern)
        .raw("</span></p><p><code>")
        .text(&route.handler)
        .raw("</code> ");
    location(html, files, &route.file, route.line, 1);
    html.raw("</p>");
    if !route.middleware.is_empty() {
        html.raw("<p class=\"chain\"><span class=\"vh\">through </span>");
        let mut between = "";
        for name in &route.middleware {
            html.raw(between).raw("<code>").text(name).raw("</code>");
            between = " → ";
        }
        html.raw("</p>");
    }
    html.raw("</li>");
}
