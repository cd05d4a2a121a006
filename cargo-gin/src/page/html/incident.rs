//! The page of an incident: one request that failed inside an app built on gin-core.

use crate::editor::FileList;
use crate::incidents::{Failure, Incident, Miss, Route};
use crate::page::assets::{Nonce, script, style};
use crate::page::formats::IncidentMarkdown;
use crate::page::html::circumstances;
use crate::page::html::frame::{COPY, PLACES_HELP, add_style, end, foot, page, top};
use crate::page::html::markup::{Html, prose};
use crate::page::html::phase::{HEADLINE, Heading, panic};
use crate::page::html::source::{SourceFiles, location};
use crate::page::html::theme::Theme;
use crate::page::words::{incident, secret, sentence};
use crate::state::Status;

/// The number of routes up to which their list is open.
const SHORT: usize = 12;

/// Returns the page of `incident`.
pub(crate) fn document(incident: &Incident, status: &Status, nonce: &Nonce) -> String {
    let theme = match incident.report.failure {
        Failure::Miss { .. } | Failure::Rejection { .. } => Theme::REFUSED,
        Failure::Error { .. } | Failure::Panic { .. } => Theme::FAILED,
    };
    let heading = incident::heading(incident);
    let title = heading.replace('`', "");
    let title = format!("{} {title} · {}", theme.sign, sentence::name(status));
    let head = |html: &mut Html| add_style(html, style::INCIDENT, nonce);
    page(&title, theme, nonce, head, |html| {
        html.tag("body")
            .attribute("class", theme.class)
            .attribute("data-build", status.attempt)
            .around(|html| {
                top(html, status, theme, COPY);
                html.tag("main").attribute("id", "main").around(|html| {
                    hero(html, incident, &heading);
                    content(html, incident, &heading, status);
                });
                foot(html, status);
                html.tag("textarea")
                    .attribute("id", "md")
                    .flag("hidden", true)
                    .holding(IncidentMarkdown(incident));
                end(html, PLACES_HELP, &script::INCIDENT, nonce);
            });
    })
}

/// Adds the heading, the status beside it, and the request below.
fn hero(html: &mut Html, incident: &Incident, heading: &str) {
    html.element("div", "hero", |html| {
        html.tag("h1")
            .attribute("id", HEADLINE)
            .around(|html| prose::sentence(html, heading));
        html.leaf("p", "count", incident::remark(incident));
        let headline = incident::headline(incident);
        if headline != heading {
            html.leaf("p", "sub", headline);
        }
    });
}

fn content(html: &mut Html, incident: &Incident, heading: &str, status: &Status) {
    let files = SourceFiles::new(&incident.sources, FileList::Report);
    match incident.miss() {
        Some(miss) => explain(html, incident, &miss, &files),
        None => failure(html, incident, heading, &files, status),
    }
    noted(html, &incident.report.noted);
    circumstances::output(html, incident);
    if let Some(route) = &incident.report.route {
        matched_route(html, incident, route, &files);
    }
    circumstances::request(html, incident);
    let status = incident.status;
    html.leaf(
        "p",
        "quiet others",
        format_args!(
            "Only you see this page; a release build or another machine gets the app’s own {status}."
        ),
    );
}

/// Adds the panic with its stack trace, or the error with its causes, and the source at its place.
fn failure(
    html: &mut Html,
    incident: &Incident,
    heading: &str,
    files: &SourceFiles<'_>,
    status: &Status,
) {
    let below = incident::message_below(incident, heading);
    html.element("section", "list", |html| match &incident.panic {
        Some(panic) => {
            let heading = match below {
                Some(_) => Heading::Own,
                None => Heading::OfPage,
            };
            panic::article(html, 0, panic, heading, files, &status.target.root);
        }
        None => article(html, incident, below.as_deref(), files),
    });
}

/// Adds an error, a rejection, or a panic of which only the message is known. The heading of the page says its message, or else it
/// is `below`.
fn article(html: &mut Html, incident: &Incident, below: Option<&str>, files: &SourceFiles<'_>) {
    html.tag("article")
        .attribute("class", "dg error")
        .attribute("tabindex", -1)
        .attribute("id", "error")
        .attribute("aria-labelledby", HEADLINE)
        .around(|html| {
            if below.is_none() {
                html.leaf("h2", "vh", "Details");
            }
            html.element("header", "", |html| {
                html.leaf("span", "lv", incident::kind(incident));
                circumstances::arguments(html, incident);
            });
            if let Some(message) = below {
                html.element("h2", "", |html| prose::sentence(html, message));
            }
            chain(
                html,
                incident::messages(incident).get(1..).unwrap_or_default(),
            );
            circumstances::mistakes(html, &incident.mistakes());
            if let Some(place) = incident.shown_place() {
                panic::excerpt(html, &place, files);
            }
        });
}

fn chain(html: &mut Html, causes: &[String]) {
    if causes.is_empty() {
        return;
    }
    html.leaf("h3", "sh", "Caused by");
    html.element("ol", "causes", |html| {
        for cause in causes {
            html.element("li", "", |html| prose::sentence(html, cause));
        }
    });
}

/// Adds the errors that the handler noted before.
fn noted(html: &mut Html, noted: &[String]) {
    if noted.is_empty() {
        return;
    }
    card(html, "Noted earlier", |html| {
        html.element("ul", "rt", |html| {
            for error in noted {
                html.element("li", "", |html| prose::sentence(html, &secret::mask(error)));
            }
        });
    });
}

/// Adds the matched route, and the middleware around its handler.
fn matched_route(html: &mut Html, incident: &Incident, route: &Route, files: &SourceFiles<'_>) {
    card(html, "Matched route", |html| {
        html.element("dl", "", |html| {
            html.leaf("dt", "", "Pattern")
                .element("dd", "", |html| pattern(html, route));
            html.leaf("dt", "", "Handler")
                .element("dd", "", |html| handler(html, route, files));
            if !route.middleware.is_empty() {
                html.leaf("dt", "", "Middleware")
                    .element("dd", "", |html| middleware(html, route));
            }
            for (name, value) in &incident.report.params {
                let dt = format_args!(":{name}");
                html.element("dt", "", |html| {
                    html.leaf("code", "", dt);
                });
                html.element("dd", "", |html| {
                    html.leaf("code", "", value);
                });
            }
        });
    });
}

/// Adds the middleware from the outside in, then the handler.
fn middleware(html: &mut Html, route: &Route) {
    html.element("ol", "chain", |html| {
        for name in route.middleware.iter().chain([&route.handler]) {
            html.element("li", "", |html| {
                html.leaf("code", "", name);
            });
        }
    });
}

fn pattern(html: &mut Html, route: &Route) {
    request_line(html, &route.method, &route.pattern);
}

fn handler(html: &mut Html, route: &Route, files: &SourceFiles<'_>) {
    html.leaf("code", "", &route.handler).text(" ");
    location(html, files, &route.file, route.line, 1);
}

/// Adds a method with a path or a pattern.
fn request_line(html: &mut Html, method: &str, path: &str) {
    html.element("code", "", |html| {
        html.leaf("b", "", method).text(" ").text(path);
    });
}

/// Adds a section with a heading.
pub(super) fn card(html: &mut Html, heading: &'static str, inside: impl FnOnce(&mut Html)) {
    html.element("section", "card", |html| {
        html.leaf("h2", "", heading);
        inside(html);
    });
}

/// Adds the reason why no route matches, and similar routes.
fn explain(html: &mut Html, incident: &Incident, miss: &Miss<'_>, files: &SourceFiles<'_>) {
    refusals(html, incident, files);
    if !miss.other_methods.is_empty() {
        routes(html, "Routes of this path", &miss.other_methods, files);
        return;
    }
    if !incident.mismatches().is_empty() {
        others(html, incident, &[], files);
        return;
    }
    remedy(html, incident, miss);
    matched_part(html, incident, miss);
    if !miss.nearest.is_empty() {
        routes(html, "Similar routes", &miss.nearest, files);
    }
    others(html, incident, &miss.nearest, files);
}

/// Adds the routes whose params have types that refused the values of the path.
fn refusals(html: &mut Html, incident: &Incident, files: &SourceFiles<'_>) {
    let sentences = incident::messages(incident);
    if sentences.is_empty() {
        return;
    }
    card(html, "Refused param", |html| {
        html.element("ul", "rt", |html| {
            for (sentence, mismatch) in sentences.iter().zip(incident.mismatches()) {
                html.element("li", "", |html| {
                    prose::sentence(html, sentence);
                    html.text(" ");
                    html.element("span", "quiet", |html| {
                        handler(html, &mismatch.route, files);
                    });
                });
            }
        });
    });
}

/// Adds the path that was probably meant.
fn remedy(html: &mut Html, incident: &Incident, miss: &Miss<'_>) {
    let Some(similar) = &miss.similar else {
        return;
    };
    html.element("p", "remedy", |html| {
        let path = similar.path.as_str();
        let stays_here = !path.starts_with("//") && !path.contains('\\');
        if incident.request.method == "GET" && stays_here {
            html.tag("a").attribute("href", path).around(|html| {
                html.leaf("code", "", path);
            });
        } else {
            html.leaf("code", "", path);
        }
        let difference = incident::difference(similar);
        html.text(format_args!(" has a route; it differs only {difference}."));
    });
}

/// Adds the part of the path that routes match.
fn matched_part(html: &mut Html, incident: &Incident, miss: &Miss<'_>) {
    let path = incident.request.path.as_str();
    let (shared, rest) = match path.strip_prefix(&miss.shared) {
        Some(rest) => (miss.shared.as_str(), rest),
        None => ("", path),
    };
    let (found, begins) = match (shared, rest) {
        ("", _) => ("No route starts like this.", " Routes start with "),
        (_, "") => (
            "Routes start like this, but none ends here.",
            " They continue with ",
        ),
        _ => (
            "Routes match the start, but not the rest.",
            " They continue with ",
        ),
    };
    card(html, "Matched part", |html| {
        html.element("p", "path", |html| {
            html.element("code", "", |html| {
                html.text(shared).leaf("mark", "p", rest);
            });
        });
        html.element("p", "", |html| {
            html.text(found);
            let next = miss.next.iter().filter(|next| !next.is_empty());
            let mut between = begins;
            for part in next {
                html.text(between).leaf("code", "", format_args!("/{part}"));
                between = ", ";
            }
            if between != begins {
                html.text(".");
            }
        });
    });
}

fn routes(html: &mut Html, heading: &'static str, routes: &[&Route], files: &SourceFiles<'_>) {
    card(html, heading, |html| list(html, routes, files));
}

/// Adds the routes that are not among those `shown`, folded if there are many.
fn others(html: &mut Html, incident: &Incident, shown: &[&Route], files: &SourceFiles<'_>) {
    let all = incident.routes.iter().flat_map(|routes| routes.iter());
    let others: Vec<_> = all
        .filter(|route| !shown.iter().any(|shown| std::ptr::eq(*shown, *route)))
        .collect();
    if others.is_empty() {
        return;
    }
    let kind = if shown.is_empty() {
        "route"
    } else {
        "other route"
    };
    html.element("section", "card", |html| {
        html.tag("details")
            .attribute("data-fold", "routes")
            .flag("open", others.len() <= SHORT)
            .around(|html| {
                html.leaf("summary", "", sentence::counted(others.len(), kind));
                list(html, &others, files);
            });
    });
}

fn list(html: &mut Html, routes: &[&Route], files: &SourceFiles<'_>) {
    html.element("ul", "rt routes", |html| {
        for route in routes {
            html.element("li", "", |html| {
                html.element("span", "", |html| pattern(html, route));
                html.text(" ");
                html.element("span", "quiet", |html| handler(html, route, files));
            });
        }
    });
}
