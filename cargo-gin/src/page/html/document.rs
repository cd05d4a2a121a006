//! The whole page: its head, what the phase has to show, and what surrounds that.

use std::collections::HashSet;

use http::StatusCode;

use super::crash;
use super::diagnostic::{Explained, article};
use super::files::Files;
use super::listing::{self, Item};
use super::markup::Html;
use super::nonce::Nonce;
use super::prose;
use super::waiting;
use crate::fix::{self, Choice};
use crate::page::format::Revisit;
use crate::page::sentence;
use crate::phase::{Phase, Status};

const STYLE: &str = include_str!("../page.css");
/// The keys, shown by `?`.
const HELP: &str = "<dialog id=\"help\" aria-labelledby=\"help-t\"><h2 id=\"help-t\">Keys</h2><dl>\
    <dt><kbd>j</kbd> <kbd>k</kbd></dt><dd>next, previous</dd>\
    <dt><kbd>a</kbd></dt><dd>apply the suggestion of the one in focus</dd>\
    <dt><kbd>u</kbd></dt><dd>undo what was applied last</dd>\
    <dt><kbd>r</kbd></dt><dd>build again</dd>\
    <dt><kbd>e</kbd></dt><dd>what the error code means</dd>\
    <dt><kbd>w</kbd></dt><dd>warnings</dd>\
    <dt><kbd>c</kbd></dt><dd>copy as Markdown: the one in focus, or all</dd>\
    <dt><kbd>/</kbd></dt><dd>filter</dd>\
    <dt><kbd>Esc</kbd></dt><dd>close this</dd></dl></dialog>";
const SCRIPT: &str = include_str!("../page.js");

/// The page for `status`.
pub(in crate::page) fn document(status: &Status, revisit: Revisit, nonce: &Nonce) -> String {
    let look = Look::of(&status.phase);
    let mut html = Html::new();
    let title = format!(
        "{} {} · {}",
        look.sign,
        sentence::headline(status),
        sentence::name(status)
    );
    head(&mut html, &title, look, nonce);
    let waits = matches!(
        status.phase,
        Phase::Building(_) | Phase::Idle | Phase::Starting(_)
    );
    if waits && revisit == Revisit::Freely {
        html.raw("<noscript><meta http-equiv=\"refresh\" content=\"1\"></noscript>");
    }
    html.raw("</head><body class=\"")
        .raw(look.class)
        .raw("\" data-phase=\"")
        .text(status.phase.name());
    html.raw("\" data-build=\"")
        .text(status.build)
        .raw("\" data-revisit=\"");
    html.raw(match revisit {
        Revisit::Freely => "freely",
        Revisit::Asks => "asks",
    });
    html.raw("\">");
    top(&mut html, status, look);
    html.raw("<main id=\"main\">");
    hero(&mut html, status);
    content(&mut html, status);
    html.raw("</main>");
    foot(&mut html, status);
    html.raw(HELP);
    html.raw("<script nonce=\"")
        .text(nonce)
        .raw("\">")
        .raw(SCRIPT)
        .raw("</script></body></html>");
    html.into_string()
}

/// A page that says why the dev server refuses.
pub(in crate::page) fn problem(
    code: StatusCode,
    title: &str,
    detail: &str,
    nonce: &Nonce,
) -> String {
    let look = Look::REFUSED;
    let mut html = Html::new();
    head(&mut html, &format!("{} {title}", look.sign), look, nonce);
    html.raw("</head><body class=\"")
        .raw(look.class)
        .raw("\"><main id=\"main\"><div class=\"hero\"><h1>");
    html.text(title).raw("</h1><p class=\"sub\">");
    prose::sentence(&mut html, detail);
    html.raw("</p><p class=\"quiet\">")
        .text(code.as_u16())
        .raw(" · cargo gin dev</p></div></main></body></html>");
    html.into_string()
}

/// How a phase looks in the tab and at the top of the page.
#[derive(Clone, Copy)]
struct Look {
    class: &'static str,
    sign: &'static str,
    icon: &'static str,
}

/// A favicon: a disc with a sign in it. `%23` is the `#` of a colour.
macro_rules! icon {
    ($color:literal, $path:literal) => {
        concat!(
            "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><circle cx='8' cy='8' r='8' fill='%23",
            $color,
            "'/><path d='",
            $path,
            "' fill='none' stroke='white' stroke-width='2' stroke-linecap='round'/></svg>"
        )
    };
}

impl Look {
    const REFUSED: Look = Look {
        class: "bad",
        sign: "⊘",
        icon: icon!("6b7280", "M4 8h8"),
    };
    const FAILED: Look = Look {
        class: "bad",
        sign: "✗",
        icon: icon!("c62828", "M5 5l6 6M11 5l-6 6"),
    };
    const CRASHED: Look = Look {
        class: "bad",
        sign: "✗",
        icon: icon!("c62828", "M8 4v5M8 12v0"),
    };
    const WAITING: Look = Look {
        class: "busy",
        sign: "◌",
        icon: icon!("b26a00", "M8 4v4l3 2"),
    };
    const READY: Look = Look {
        class: "good",
        sign: "✓",
        icon: icon!("2e7d32", "M4 8l3 3 5-6"),
    };

    fn of(phase: &Phase) -> Look {
        match phase {
            Phase::Failed => Look::FAILED,
            Phase::Crashed(_) => Look::CRASHED,
            Phase::Building(_) | Phase::Idle | Phase::Starting(_) => Look::WAITING,
            Phase::Ready(_) => Look::READY,
        }
    }
}

fn head(html: &mut Html, title: &str, look: Look, nonce: &Nonce) {
    html.raw("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    html.raw("<meta name=\"color-scheme\" content=\"light dark\"><title>")
        .text(title)
        .raw("</title>");
    html.raw("<link rel=\"icon\" href=\"")
        .raw(look.icon)
        .raw("\">");
    html.raw("<style nonce=\"")
        .text(nonce)
        .raw("\">")
        .raw(STYLE)
        .raw("</style>");
}

fn top(html: &mut Html, status: &Status, look: Look) {
    html.raw("<header class=\"top\"><span class=\"sign\" aria-hidden=\"true\">")
        .raw(look.sign)
        .raw("</span><b id=\"name\">");
    html.text(sentence::name(status))
        .raw("</b><span id=\"live\" role=\"status\">")
        .text(sentence::attempt(status));
    html.raw("</span><span class=\"tools\"><input id=\"find\" type=\"search\" placeholder=\"Filter\" aria-label=\"Filter diagnostics\">");
    html.raw("<button id=\"undo\" type=\"button\" hidden>Undo</button><button id=\"copy\" type=\"button\">Copy as Markdown</button>");
    html.raw("<button id=\"keys\" type=\"button\" aria-label=\"Keys\">?</button></span></header>");
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
    sure_fixes(html, status);
    html.raw("</div>");
}

/// Adds what can be done about a failed build at once.
fn sure_fixes(html: &mut Html, status: &Status) {
    let edits = fix::edits(&status.diagnostics, Choice::All);
    let count: usize = edits.values().map(Vec::len).sum();
    let is_at_hand = |name: &String| status.diagnostics.sources().get(name).is_some();
    if count > 1 && edits.keys().all(is_at_hand) {
        html.raw(
            "<p class=\"act\"><button type=\"button\" class=\"fix\" data-fix=\"all\">Apply all ",
        )
        .text(count);
        html.raw(" edits that rustc is sure of</button></p>");
    }
}

fn content(html: &mut Html, status: &Status) {
    match &status.phase {
        Phase::Building(progress) => waiting::building(html, progress),
        Phase::Starting(start) => waiting::starting(html, start),
        Phase::Crashed(exit) => crash::crash(html, exit, status),
        Phase::Ready(_) => waiting::ready(html, &status.timings),
        Phase::Failed | Phase::Idle => {}
    }
    diagnostics(html, status);
}

fn diagnostics(html: &mut Html, status: &Status) {
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
    let files = Files::new(status.diagnostics.sources());
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
    files: &Files<'_>,
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

fn foot(html: &mut Html, status: &Status) {
    html.raw("<footer><span>")
        .text(status.target.root.display())
        .raw("</span>");
    html.raw("<span>cargo gin dev</span></footer>");
}
