//! The whole page: its head, what the phase has to show, and what surrounds that.

use std::sync::LazyLock;

use http::StatusCode;

use crate::page::assets::{Nonce, own_script};
use crate::page::format::Revisit;
use crate::page::html::look::Look;
use crate::page::html::markup::html::Html;
use crate::page::html::markup::prose;
use crate::page::html::phase::{building, crash, said, waiting};
use crate::page::words::sentence;
use crate::state::{Phase, Status};

const STYLE: &str = include_str!("../assets/page.css");
static SCRIPT: LazyLock<String> = LazyLock::new(|| own_script(include_str!("../assets/page.js")));
/// What scripts have to say: why something was not done, and why nothing can be done from here.
const NOTICES: &str = "<div id=\"notice\" role=\"alert\" hidden><p></p><button type=\"button\" aria-label=\"Dismiss\">×</button></div>\
    <p id=\"barred\"></p>";
/// What the bar at the top offers.
const TOOLS: &str = "<input id=\"find\" type=\"search\" placeholder=\"Filter\" aria-label=\"Filter diagnostics\">\
    <button id=\"undo\" type=\"button\" hidden>Undo</button><button id=\"copy\" type=\"button\">Copy as Markdown</button>";
/// The keys, shown by `?`.
const HELP: &str = "<dialog id=\"help\" aria-labelledby=\"help-t\"><h2 id=\"help-t\">Keys</h2><dl>\
    <dt><kbd>j</kbd> <kbd>k</kbd></dt><dd>next, previous</dd>\
    <dt><kbd>Enter</kbd></dt><dd>open the one in focus in the editor</dd>\
    <dt><kbd>a</kbd></dt><dd>apply the suggestion of the one in focus</dd>\
    <dt><kbd>A</kbd></dt><dd>apply all that rustc is sure of</dd>\
    <dt><kbd>u</kbd></dt><dd>undo what was applied last</dd>\
    <dt><kbd>d</kbd></dt><dd>the dashboard</dd>\
    <dt><kbd>r</kbd></dt><dd>build again</dd>\
    <dt><kbd>e</kbd></dt><dd>what the error code means</dd>\
    <dt><kbd>w</kbd></dt><dd>warnings</dd>\
    <dt><kbd>t</kbd></dt><dd>all as rustc prints it</dd>\
    <dt><kbd>c</kbd></dt><dd>copy as Markdown: the one in focus, or all</dd>\
    <dt><kbd>/</kbd></dt><dd>filter</dd>\
    <dt><kbd>Esc</kbd></dt><dd>close this</dd></dl></dialog>";

/// The page for `status`.
pub(crate) fn document(status: &Status, revisit: Revisit, nonce: &Nonce) -> String {
    let look = Look::of(&status.phase);
    let mut html = Html::new();
    let title = format!(
        "{} {} · {}",
        look.sign,
        sentence::headline(status),
        sentence::name(status)
    );
    head(&mut html, &title, look, nonce);
    if revisit == Revisit::Freely {
        refresh(&mut html, status);
    }
    html.raw("</head><body class=\"")
        .raw(look.class)
        .raw("\" data-phase=\"")
        .text(status.phase.name());
    html.raw("\" data-build=\"")
        .text(status.attempt)
        .raw("\" data-revisit=\"");
    html.raw(match revisit {
        Revisit::Freely => "freely",
        Revisit::Asks => "asks",
    });
    html.raw("\">");
    top(&mut html, status, look, TOOLS);
    html.raw("<main id=\"main\">");
    hero(&mut html, status);
    content(&mut html, status);
    html.raw("</main>");
    foot(&mut html, status);
    end(&mut html, HELP, &SCRIPT, nonce);
    html.into_string()
}

/// A page that says why the dev server refuses.
pub(crate) fn problem(code: StatusCode, title: &str, detail: &str, nonce: &Nonce) -> String {
    let look = Look::REFUSED;
    let mut html = Html::new();
    head(&mut html, &format!("{} {title}", look.sign), look, nonce);
    html.raw("</head><body class=\"")
        .raw(look.class)
        .raw("\"><header class=\"top\"><span class=\"sign\" aria-hidden=\"true\">")
        .raw(look.sign)
        .raw("</span><b>cargo gin dev</b></header><main id=\"main\"><div class=\"hero\"><h1>");
    html.text(title).raw("</h1><p class=\"sub\">");
    prose::sentence(&mut html, detail);
    html.raw("</p><p class=\"quiet\">").text(code.as_u16());
    // Who is refused here is refused there, too.
    if code != StatusCode::FORBIDDEN {
        html.raw(" · <a href=\"/__gin/\">Dashboard of cargo gin dev</a>");
    }
    html.raw("</p></div></main></body></html>");
    html.into_string()
}

/// Adds the head, which is left open: more may follow.
pub(crate) fn head(html: &mut Html, title: &str, look: Look, nonce: &Nonce) {
    html.raw("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    html.raw("<meta name=\"color-scheme\" content=\"light dark\"><title>")
        .text(title)
        .raw("</title>");
    look.icon(html);
    style(html, STYLE, nonce);
}

/// Adds to the head how the page looks.
pub(crate) fn style(html: &mut Html, style: &'static str, nonce: &Nonce) {
    html.raw("<style nonce=\"")
        .text(nonce)
        .raw("\">")
        .raw(style)
        .raw("</style>");
}

/// Adds the keys and the script, with which the page ends.
pub(crate) fn end(html: &mut Html, help: &'static str, script: &'static str, nonce: &Nonce) {
    html.raw(help)
        .raw("<script nonce=\"")
        .text(nonce)
        .raw("\">")
        .raw(script)
        .raw("</script></body></html>");
}

/// Adds to the head that the page comes again by itself where no script sees to that, while there is something to wait for.
pub(crate) fn refresh(html: &mut Html, status: &Status) {
    if let Phase::Building(_) | Phase::Idle | Phase::Starting(_) = status.phase {
        html.raw("<noscript><meta http-equiv=\"refresh\" content=\"1\"></noscript>");
    }
}

/// Adds the bar at the top, with what `tools` there are.
pub(crate) fn top(html: &mut Html, status: &Status, look: Look, tools: &'static str) {
    html.raw("<header class=\"top\"><span class=\"sign\" aria-hidden=\"true\">")
        .raw(look.sign)
        .raw("</span><b id=\"name\">");
    html.text(sentence::name(status))
        .raw("</b><span id=\"live\" role=\"status\">")
        .text(sentence::attempt(status));
    html.raw("</span><span class=\"tools\">").raw(tools).raw(
        "<button id=\"keys\" type=\"button\" aria-label=\"? Keys\">?</button></span></header>",
    );
    html.raw(NOTICES);
}

fn hero(html: &mut Html, status: &Status) {
    html.raw("<div class=\"hero\"><h1>")
        .text(sentence::headline(status))
        .raw("</h1>");
    if let Phase::Crashed(_) | Phase::Failed = status.phase
        && let Some(remark) = sentence::remark(status)
    {
        html.raw("<p class=\"sub\">");
        prose::sentence(html, &remark);
        html.raw("</p>");
    }
    if let Phase::Building(_) = status.phase {
        building::why(html, &status.cause);
    }
    acts(html, status);
    html.raw("</div>");
}

/// Adds what can be done about the whole of it at once.
fn acts(html: &mut Html, status: &Status) {
    let mut acts = Html::new();
    said::sure_fixes(&mut acts, status);
    let again = match status.phase {
        Phase::Failed => Some("Build again"),
        Phase::Crashed(_) => Some("Start again"),
        _ => None,
    };
    if let Some(again) = again {
        acts.raw("<button type=\"button\" class=\"do\" data-do=\"rebuild\">")
            .raw(again)
            .raw("</button>");
    }
    if acts != Html::new() {
        html.raw("<p class=\"act\">").html(&acts).raw("</p>");
    }
}

fn content(html: &mut Html, status: &Status) {
    match &status.phase {
        Phase::Building(progress) => building::building(html, progress, status),
        Phase::Starting(start) => waiting::starting(html, start),
        Phase::Crashed(exit) => crash::crash(html, exit, status),
        Phase::Ready(_) => waiting::ready(html, &status.timings),
        Phase::Failed | Phase::Idle => {}
    }
    said::said(html, status);
}

/// Adds where the project is, how it is built, and the way to the dashboard.
pub(crate) fn foot(html: &mut Html, status: &Status) {
    html.raw("<footer><ul><li>")
        .text(status.target.root.display())
        .raw("</li>");
    let pace = sentence::pace(status);
    for part in sentence::recipe(status).into_iter().chain(pace) {
        html.raw("<li>").text(part).raw("</li>");
    }
    html.raw("</ul><a href=\"/__gin/\">Dashboard of cargo gin dev</a></footer>");
}
