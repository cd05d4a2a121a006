//! The routes of the app, if it reports them.

use crate::incidents::Route;
use crate::page::html::markup::{Html, fold};
use crate::page::html::source::{SourceFiles, location};
use crate::page::words::sentence;

/// Adds the routes, those with the same middleware together, each with its handler, its place in the source, the types of its params
/// and its limits.
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
            let groups = groups(routes);
            let has_middleware = routes.iter().any(|route| !route.middleware.is_empty());
            for group in groups {
                html.element("section", "", |html| {
                    if has_middleware {
                        html.element("h3", "fh", |html| middleware(html, &group[0].middleware));
                    }
                    html.element("ol", "routes", |html| {
                        for route in group {
                            html.element("li", "", |html| row(html, route, files));
                        }
                    });
                });
            }
        });
}

/// Returns the routes with the same middleware together, in the order of the first of each group.
fn groups(routes: &[Route]) -> Vec<Vec<&Route>> {
    let mut groups: Vec<Vec<&Route>> = Vec::new();
    for route in routes {
        let known = groups
            .iter_mut()
            .find(|group| group[0].middleware == route.middleware);
        match known {
            Some(group) => group.push(route),
            None => groups.push(vec![route]),
        }
    }
    groups
}

/// Adds the names of middleware, from the outside in.
fn middleware(html: &mut Html, names: &[String]) {
    if names.is_empty() {
        html.text("No middleware");
        return;
    }
    html.leaf("span", "vh", "Middleware: ");
    let mut between = "";
    for name in names {
        html.text(between).leaf("code", "", name);
        between = " → ";
    }
}

fn row(html: &mut Html, route: &Route, files: &SourceFiles<'_>) {
    let is_fixed = route.params().next().is_none() && !route.pattern.contains('\\');
    let is_link = route.method == "GET" && is_fixed;
    html.element("p", "way", |html| {
        html.leaf("b", "", &route.method).text(" ");
        if is_link {
            html.tag("a")
                .attribute("href", &route.pattern)
                .holding(&route.pattern);
        } else {
            html.leaf("span", "", &route.pattern);
        }
    });
    html.element("p", "", |html| {
        html.leaf("code", "", &route.handler).text(" ");
        location(html, files, &route.file, route.line, 1);
    });
    if !is_link {
        form(html, route);
    }
    if !route.middleware.is_empty() {
        // The filter finds a route by its middleware, too.
        html.tag("span")
            .flag("hidden", true)
            .holding(route.middleware.join(" "));
    }
    let typed = route.typed_params.iter();
    let typed = typed.map(|(name, kind)| format!("{name}: {kind}"));
    let limit = route
        .body_limit
        .map(|bytes| format!("body up to {bytes} bytes"));
    let timeout = route.timeout.as_ref().map(|time| format!("timeout {time}"));
    let facts: Vec<_> = typed.chain(limit).chain(timeout).collect();
    if !facts.is_empty() {
        html.leaf("p", "chain", facts.join(", "));
    }
}

/// The name of the field for the body, which no param has.
const BODY: &str = "/";

/// Adds a form that sends a request for the route: its params, and a body where the method has one. The script sends it.
fn form(html: &mut Html, route: &Route) {
    let method = match route.method.as_str() {
        "ANY" => "GET",
        method => method,
    };
    fold(html, "try", "Try it", |html| {
        html.tag("form")
            .attribute("data-method", method)
            .attribute("data-pattern", &route.pattern)
            .around(|html| {
                for param in route.params() {
                    html.element("label", "", |html| {
                        html.text(param).text(" ");
                        html.tag("input")
                            .attribute("name", param)
                            .flag("required", true)
                            .empty();
                    });
                }
                if !matches!(method, "GET" | "HEAD" | "DELETE" | "OPTIONS") {
                    html.element("label", "", |html| {
                        html.text("body ");
                        html.tag("textarea").attribute("name", BODY).around(|_| {});
                    });
                }
                html.raw("<button>Send</button>");
            });
    });
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::editor::FileList;
    use crate::source::Sources;

    fn route(method: &str, pattern: &str) -> Value {
        json!({
            "method": method, "pattern": pattern, "handler": "show", "file": "src/main.rs", "line": 1, "middleware": [], "group": "",
        })
    }

    fn shown(route: Value) -> String {
        let sources = Sources::default();
        let files = SourceFiles::new(&sources, FileList::Report);
        let mut html = Html::new();
        row(&mut html, &serde_json::from_value(route).unwrap(), &files);
        html.into_string()
    }

    #[test]
    fn only_methods_with_a_body_offer_one() {
        for (method, has_body) in [
            ("GET", false),
            ("DELETE", false),
            ("OPTIONS", false),
            ("POST", true),
            ("PATCH", true),
        ] {
            let shown = shown(route(method, "/posts/:id"));
            assert_eq!(shown.contains("textarea"), has_body, "{method}: {shown}");
        }
    }

    #[test]
    fn a_page_without_params_is_a_link_in_place_of_a_form() {
        for (method, pattern, is_link) in [
            ("GET", "/posts", true),
            ("GET", "/posts/:id", false),
            ("POST", "/posts", false),
            ("ANY", "/posts", false),
        ] {
            let shown = shown(route(method, pattern));
            let link = format!("<a href=\"{pattern}\">{pattern}</a>");
            assert_eq!(
                shown.contains(&link),
                is_link,
                "{method} {pattern}: {shown}"
            );
            assert_eq!(shown.contains("<form"), !is_link, "{method} {pattern}");
        }
    }

    #[test]
    fn the_same_middleware_of_several_routes_is_shown_once() {
        for (chains, expected) in [
            (&[&[][..], &[]][..], &[][..]),
            (&[&["Log"], &["Log"]], &["Log"]),
            (
                &[&["Log"], &[], &["Log", "Csrf"], &["Log"]],
                &["Log", "No middleware", "Log → Csrf"],
            ),
        ] {
            let sources = Sources::default();
            let files = SourceFiles::new(&sources, FileList::Report);
            let all = chains.iter().map(|chain| {
                let mut route = route("GET", "/");
                route["middleware"] = json!(chain);
                serde_json::from_value(route).unwrap()
            });
            let mut html = Html::new();
            routes(&mut html, &all.collect::<Vec<_>>(), &files);
            let html = html.into_string();
            let headings = html.split("<h3 class=\"fh\">").skip(1);
            let headings = headings.map(|rest| {
                let heading = rest.split("</h3>").next().unwrap();
                let heading = heading.replace("<span class=\"vh\">Middleware: </span>", "");
                heading.replace("<code>", "").replace("</code>", "")
            });
            assert_eq!(headings.collect::<Vec<_>>(), expected, "{html}");
            assert_eq!(html.matches("<li>").count(), chains.len());
        }
    }

    #[test]
    fn the_limits_of_a_route_are_shown() {
        let mut limited = route("POST", "/posts");
        assert!(!shown(limited.clone()).contains("body up to"));
        limited["body_limit"] = json!(2048);
        limited["timeout"] = json!("5s");
        let shown = shown(limited);
        assert!(
            shown.contains("body up to 2048 bytes, timeout 5s"),
            "{shown}"
        );
    }

    #[test]
    fn the_types_of_params_are_shown() {
        let mut typed = route("GET", "/users/:id/posts/:post");
        assert!(!shown(typed.clone()).contains("id: "));
        typed["params"] = json!([["id", "u64"], ["post", "Slug<u8>"]]);
        typed["timeout"] = json!("5s");
        let shown = shown(typed);
        let expected = "id: u64, post: Slug&lt;u8&gt;, timeout 5s";
        assert!(shown.contains(expected), "{shown}");
    }
}
