//! What there is to see when something went wrong with one request inside an app built on gin-core.

use crate::editor::Table;
use crate::incidents::{Fault, Incident, Miss, Route};
use crate::page::assets::{Nonce, script, style};
use crate::page::formats::incident::Markdown;
use crate::page::html::frame::{add_style, end, foot, head, top};
use crate::page::html::markup::{Html, prose};
use crate::page::html::phase::panic;
use crate::page::html::source::{SourceFiles, location};
use crate::page::html::theme::Theme;
use crate::page::words::{incident, sentence};
use crate::state::Status;

const TOOLS: &str = "<button id=\"copy\" type=\"button\">Copy as Markdown</button>";
/// The keys, shown by `?`.
const HELP: &str = "<dialog id=\"help\" aria-labelledby=\"help-t\"><h2 id=\"help-t\">Keys</h2><dl>\
    <dt><kbd>Enter</kbd></dt><dd>open the first place in the editor</dd>\
    <dt><kbd>c</kbd></dt><dd>copy as Markdown</dd>\
    <dt><kbd>d</kbd></dt><dd>the dashboard</dd>\
    <dt><kbd>Esc</kbd></dt><dd>close this</dd></dl></dialog>";
/// So many routes are listed without a fold.
const SHORT: usize = 12;

/// The page for `incident`.
pub(crate) fn document(incident: &Incident, status: &Status, nonce: &Nonce) -> String {
    let theme = match incident.report.fault {
        Fault::Miss => Theme::REFUSED,
        Fault::Error { .. } | Fault::Panic { .. } => Theme::FAILED,
    };
    let headline = incident::headline(incident);
    let mut html = Html::new();
    let title = format!("{} {headline} · {}", theme.sign, sentence::name(status));
    head(&mut html, &title, theme, nonce);
    add_style(&mut html, style::INCIDENT, nonce);
    html.raw("</head><body class=\"")
        .raw(theme.class)
        .raw("\" data-build=\"")
        .text(status.attempt)
        .raw("\">");
    top(&mut html, status, theme, TOOLS);
    html.raw("<main id=\"main\"><div class=\"hero\"><h1>")
        .text(&headline)
        .raw("</h1><p class=\"sub\">")
        .text(incident::remark(incident))
        .raw("</p></div>");
    content(&mut html, incident, status);
    html.raw("</main>");
    foot(&mut html, status);
    html.raw("<textarea id=\"md\" hidden>")
        .text(Markdown(incident))
        .raw("</textarea>");
    end(&mut html, HELP, &script::INCIDENT, nonce);
    html.into_string()
}

fn content(html: &mut Html, incident: &Incident, status: &Status) {
    let files = SourceFiles::new(&incident.sources, Table::Report);
    match incident.miss() {
        Some(miss) => explain(html, incident, &miss, &files),
        None => failure(html, incident, &files, status),
    }
    noted(html, &incident.report.noted);
    if let Some(route) = &incident.report.route {
        taken(html, incident, route, &files);
    }
    request(html, incident);
    html.raw("<p class=\"quiet others\">This page is for you alone: in a release build, and from any other machine, the answer is ")
        .text(incident.status)
        .raw(" in the app’s own words.</p>");
}

/// Adds the panic with its calls, or the error with its causes, and the source there.
fn failure(html: &mut Html, incident: &Incident, files: &SourceFiles<'_>, status: &Status) {
    let messages = incident::messages(incident);
    let [message, causes @ ..] = messages.as_slice() else {
        return;
    };
    html.raw("<section class=\"list\">");
    match &incident.panic {
        Some(panic) => panic::article(html, 0, panic, files, &status.target.root),
        None => error(html, incident, message, causes, files),
    }
    html.raw("</section>");
}

/// Adds an error, or a panic of which only the words are known.
fn error(
    html: &mut Html,
    incident: &Incident,
    message: &str,
    causes: &[String],
    files: &SourceFiles<'_>,
) {
    html.raw("<article class=\"dg error\" tabindex=\"-1\" id=\"error\" aria-labelledby=\"error-t\"><header><span class=\"lv\">")
        .raw(incident::word(incident))
        .raw("</span></header><h2 id=\"error-t\">");
    prose::sentence(html, message);
    html.raw("</h2>");
    chain(html, causes);
    if let Some(place) = &incident.place {
        panic::excerpt(html, place, files);
    }
    html.raw("</article>");
}

fn chain(html: &mut Html, causes: &[String]) {
    if causes.is_empty() {
        return;
    }
    html.raw("<h3 class=\"sh\">Caused by</h3><ol class=\"causes\">");
    for cause in causes {
        html.raw("<li>");
        prose::sentence(html, cause);
        html.raw("</li>");
    }
    html.raw("</ol>");
}

/// Adds what the handler survived.
fn noted(html: &mut Html, noted: &[String]) {
    if noted.is_empty() {
        return;
    }
    html.raw("<section class=\"card\"><h2>Noted before</h2><ul class=\"rt\">");
    for error in noted {
        html.raw("<li>");
        prose::sentence(html, &crate::page::mask(error));
        html.raw("</li>");
    }
    html.raw("</ul></section>");
}

/// Adds the route that took the request, and what is around its handler.
fn taken(html: &mut Html, incident: &Incident, route: &Route, files: &SourceFiles<'_>) {
    html.raw("<section class=\"card\"><h2>The route that took it</h2><dl><dt>Pattern</dt><dd>");
    pattern(html, route);
    html.raw("</dd><dt>Handler</dt><dd>");
    handler(html, route, files);
    html.raw("</dd>");
    if !route.middleware.is_empty() {
        html.raw("<dt>Through</dt><dd><ol class=\"chain\">");
        for name in route.middleware.iter().chain([&route.handler]) {
            html.raw("<li><code>").text(name).raw("</code></li>");
        }
        html.raw("</ol></dd>");
    }
    for (name, value) in &incident.report.params {
        html.raw("<dt><code>:")
            .text(name)
            .raw("</code></dt><dd><code>");
        html.text(value).raw("</code></dd>");
    }
    html.raw("</dl></section>");
}

fn pattern(html: &mut Html, route: &Route) {
    html.raw("<code><b>")
        .text(&route.method)
        .raw("</b> ")
        .text(&route.pattern)
        .raw("</code>");
}

fn handler(html: &mut Html, route: &Route, files: &SourceFiles<'_>) {
    html.raw("<code>").text(&route.handler).raw("</code> ");
    location(html, files, &route.file, route.line, 1);
}

/// Adds what was asked, secrets masked.
fn request(html: &mut Html, incident: &Incident) {
    let request = &incident.request;
    html.raw("<section class=\"card\"><h2>The request</h2><p><code><b>")
        .text(&request.method)
        .raw("</b> ")
        .text(&request.target)
        .raw("</code></p><details class=\"f\" data-fold=\"fields\"><summary>");
    html.text(sentence::counted(request.headers.len(), "header"))
        .raw("</summary><dl class=\"fields\">");
    for (name, value) in &request.headers {
        html.raw("<dt>")
            .text(name)
            .raw("</dt><dd>")
            .text(value)
            .raw("</dd>");
    }
    html.raw("</dl></details></section>");
}

/// Adds why no route takes the request, and what comes near.
fn explain(html: &mut Html, incident: &Incident, miss: &Miss<'_>, files: &SourceFiles<'_>) {
    if !miss.takers.is_empty() {
        routes(html, "The routes of this path", &miss.takers, files);
        return;
    }
    remedy(html, incident, miss);
    matched(html, incident, miss);
    if !miss.nearest.is_empty() {
        routes(html, "The nearest routes", &miss.nearest, files);
    }
    others(html, incident, &miss.nearest, files);
}

/// Adds the path that was meant, if it only looks otherwise.
fn remedy(html: &mut Html, incident: &Incident, miss: &Miss<'_>) {
    let Some(nearly) = &miss.nearly else {
        return;
    };
    html.raw("<p class=\"remedy\">");
    let stays_here = !nearly.path.starts_with("//") && !nearly.path.contains('\\');
    if incident.request.method == "GET" && stays_here {
        html.raw("<a href=\"").text(&nearly.path).raw("\"><code>");
        html.text(&nearly.path).raw("</code></a>");
    } else {
        html.raw("<code>").text(&nearly.path).raw("</code>");
    }
    html.raw(" has a route, and differs only ")
        .raw(incident::difference(nearly))
        .raw(".</p>");
}

/// Adds how far routes went along with the path.
fn matched(html: &mut Html, incident: &Incident, miss: &Miss<'_>) {
    let path = incident.request.path.as_str();
    let (shared, rest) = match path.strip_prefix(&miss.shared) {
        Some(rest) => (miss.shared.as_str(), rest),
        None => ("", path),
    };
    html.raw("<section class=\"card\"><h2>How far it matched</h2><p class=\"path\"><code>")
        .text(shared)
        .raw("<mark class=\"p\">")
        .text(rest)
        .raw("</mark></code></p><p>");
    let (found, begins) = match (shared, rest) {
        ("", _) => ("No route starts like this.", " Routes start with "),
        (_, "") => (
            "Routes start like this, and none ends here.",
            " They go on with ",
        ),
        _ => (
            "Routes go along with the start, and with none of the rest.",
            " They go on with ",
        ),
    };
    html.raw(found);
    let next: Vec<_> = miss.next.iter().filter(|next| !next.is_empty()).collect();
    if !next.is_empty() {
        html.raw(begins);
        for (index, part) in next.iter().enumerate() {
            html.raw(if index > 0 { ", " } else { "" })
                .raw("<code>/")
                .text(part)
                .raw("</code>");
        }
        html.raw(".");
    }
    html.raw("</p></section>");
}

fn routes(html: &mut Html, heading: &'static str, routes: &[&Route], files: &SourceFiles<'_>) {
    html.raw("<section class=\"card\"><h2>")
        .raw(heading)
        .raw("</h2>");
    list(html, routes, files);
    html.raw("</section>");
}

/// Adds the routes that are not among those `shown`, folded if they are many.
fn others(html: &mut Html, incident: &Incident, shown: &[&Route], files: &SourceFiles<'_>) {
    let all = incident.routes.iter().flat_map(|routes| routes.iter());
    let others: Vec<_> = all
        .filter(|route| !shown.iter().any(|shown| std::ptr::eq(*shown, *route)))
        .collect();
    if others.is_empty() {
        return;
    }
    html.raw("<section class=\"card\"><details data-fold=\"routes\"");
    html.raw(if others.len() > SHORT { "" } else { " open" })
        .raw("><summary>");
    let kind = if shown.is_empty() {
        "route"
    } else {
        "other route"
    };
    html.text(sentence::counted(others.len(), kind))
        .raw("</summary>");
    list(html, &others, files);
    html.raw("</details></section>");
}

fn list(html: &mut Html, routes: &[&Route], files: &SourceFiles<'_>) {
    html.raw("<ul class=\"rt routes\">");
    for route in routes {
        html.raw("<li><span>");
        pattern(html, route);
        html.raw("</span> <span class=\"quiet\">");
        handler(html, route, files);
        html.raw("</span></li>");
    }
    html.raw("</ul>");
}
