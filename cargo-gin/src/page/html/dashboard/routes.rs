//! The routes of the app, if it reports them.

use crate::incidents::Route;
use crate::page::html::markup::Html;
use crate::page::html::source::{SourceFiles, location};
use crate::page::words::sentence;

/// Adds the routes, each with its handler, its place in the source, its middleware and its limits.
pub(crate) fn routes(html: &mut Html, routes: &[Route], files: &SourceFiles<'_>) {
    html.tag("section")
        .attribute("id", "routes")
        .attribute("aria-labelledby", "routes-t")
        .around(|html| {
            html.element("div", "heading", |html| {
                html.tag("h2")
                    .attribute("class", "sh")
                    .attribute("id", "routes-t")
                    .holding(sentence::counted(routes.len(), "route"));
            });
            html.element("ol", "routes", |html| {
                for route in routes {
                    html.element("li", "", |html| row(html, route, files));
                }
            });
        });
}

fn row(html: &mut Html, route: &Route, files: &SourceFiles<'_>) {
    html.element("p", "way", |html| {
        html.leaf("b", "", &route.method).text(" ");
        html.leaf("span", "", &route.pattern);
    });
    html.element("p", "", |html| {
        html.leaf("code", "", &route.handler).text(" ");
        location(html, files, &route.file, route.line, 1);
    });
    if !route.middleware.is_empty() {
        html.element("p", "chain", |html| {
            html.leaf("span", "vh", "middleware: ");
            let mut between = "";
            for name in &route.middleware {
                html.text(between).leaf("code", "", name);
                between = " → ";
            }
        });
    }
    let limit = route
        .body_limit
        .map(|bytes| format!("body up to {bytes} bytes"));
    let timeout = route.timeout.as_ref().map(|time| format!("timeout {time}"));
    let limits: Vec<_> = limit.into_iter().chain(timeout).collect();
    if !limits.is_empty() {
        html.leaf("p", "chain", limits.join(", "));
    }
}
