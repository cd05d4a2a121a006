//! The page of a phase: its heading, its content, and the buttons that concern all of it.

use crate::page::assets::{Nonce, script};
use crate::page::format::Revisit;
use crate::page::html::frame::{end, foot, page, refresh, top};
use crate::page::html::markup::{Element, Html, prose};
use crate::page::html::phase::diagnostic::HEADLINE;
use crate::page::html::phase::{building, crash, diagnostics, listing, toolchain_errors, waiting};
use crate::page::html::theme::Theme;
use crate::page::words::sentence;
use crate::state::{Phase, Status};

/// The tools in the bar at the top.
const TOOLS: &str = "<span id=\"pager\" hidden><button id=\"prev\" type=\"button\" aria-label=\"Previous\">‹</button> <span id=\"at\"></span> \
    <button id=\"next\" type=\"button\" aria-label=\"Next\">›</button></span><input id=\"find\" type=\"search\" placeholder=\"Filter\" aria-label=\"Filter diagnostics\">\
    <button id=\"undo\" type=\"button\" hidden>Undo</button><button id=\"copy\" type=\"button\">Copy as Markdown</button>";
/// The keys, shown with `?`.
const HELP: &str = "<dialog id=\"help\" aria-labelledby=\"help-t\"><h2 id=\"help-t\">Keys</h2><dl>\
    <dt><kbd>j</kbd> <kbd>k</kbd></dt><dd>next, previous</dd>\
    <dt><kbd>Enter</kbd></dt><dd>open in the editor</dd>\
    <dt><kbd>a</kbd></dt><dd>apply the suggestion</dd>\
    <dt><kbd>A</kbd></dt><dd>apply all sure fixes</dd>\
    <dt><kbd>u</kbd></dt><dd>undo the last fix</dd>\
    <dt><kbd>d</kbd></dt><dd>dashboard</dd>\
    <dt><kbd>r</kbd></dt><dd>build again</dd>\
    <dt><kbd>e</kbd></dt><dd>explain the error code</dd>\
    <dt><kbd>w</kbd></dt><dd>warnings</dd>\
    <dt><kbd>t</kbd></dt><dd>rustc’s output</dd>\
    <dt><kbd>c</kbd></dt><dd>copy as Markdown: the focused one, or all</dd>\
    <dt><kbd>/</kbd></dt><dd>filter</dd>\
    <dt><kbd>Esc</kbd></dt><dd>close</dd></dl></dialog>";

/// The place of remedies that can be run. A script looks for them: they depend on the disk and on other processes.
const REMEDIES: &str = "<p class=\"act\" id=\"remedies\" data-own></p>";
/// The confirmation of a remedy, with the command.
const CONFIRMATION: &str = "<dialog id=\"run\" aria-labelledby=\"run-t\"><p id=\"run-t\">This will run:</p><pre tabindex=\"0\"><code></code></pre>\
    <p class=\"act\"><button id=\"no\" type=\"button\" autofocus>Cancel</button> <button id=\"yes\" type=\"button\">Run</button></p></dialog>";

/// Returns the page of the status's phase.
pub(crate) fn document(status: &Status, revisit: Revisit, nonce: &Nonce) -> String {
    let theme = Theme::of(&status.phase);
    let title = format!(
        "{} {} · {}",
        theme.sign,
        title(status),
        sentence::name(status)
    );
    let head = |html: &mut Html| {
        if revisit == Revisit::Freely {
            refresh(html, status);
        }
    };
    let revisit = match revisit {
        Revisit::Freely => "freely".to_owned(),
        Revisit::Asks => "asks".to_owned(),
        Revisit::Edited => format!("unless-{}", status.edition),
    };
    page(&title, theme, nonce, head, |html| {
        html.tag("body")
            .attribute("class", theme.class)
            .attribute("data-phase", status.phase.name())
            .attribute("data-build", status.attempt)
            .attribute("data-revisit", revisit)
            .around(|html| {
                top(html, status, theme, TOOLS);
                html.tag("main").attribute("id", "main").around(|html| {
                    hero(html, status);
                    content(html, status);
                });
                foot(html, status);
                html.raw(CONFIRMATION);
                end(html, HELP, &script::PAGE, nonce);
            });
    })
}

/// Returns the title of the tab: the headline, and the first error with its place.
fn title(status: &Status) -> String {
    let headline = sentence::headline(status);
    let items = listing::items(status);
    let first = items.first().filter(|item| item.is_error());
    let Some(first) = first.filter(|_| matches!(status.phase, Phase::Failed)) else {
        return headline;
    };
    let message = toolchain_errors::title(first.diagnostic).replace('`', "");
    let message = match listing::only_error(status) {
        Some(_) => message,
        None => format!("{headline}: {message}"),
    };
    match first.place() {
        Some((file, line)) => format!("{message} · {file}:{line}"),
        None => message,
    }
}

fn hero(html: &mut Html, status: &Status) {
    html.element("div", "hero", |html| {
        match listing::only_error(status) {
            Some(error) => {
                html.tag("h1")
                    .attribute("id", HEADLINE)
                    .around(|html| prose::sentence(html, toolchain_errors::title(error)));
                headline(html.tag("p").attribute("class", "count lv"), status);
                if let Some(code) = &error.message.code {
                    html.leaf("p", "code", &code.code);
                }
                if !error.package.is_empty() && error.package != status.target.package {
                    html.leaf("p", "code", &error.package);
                }
            }
            None => headline(html.tag("h1"), status),
        }
        if let Phase::Crashed(_) | Phase::Failed = status.phase
            && let Some(remark) = sentence::remark(status)
        {
            html.element("p", "sub", |html| prose::sentence(html, &remark));
        }
        if let Phase::Building(_) = status.phase {
            building::why(html, &status.cause);
        }
        acts(html, status);
        if let Phase::Failed | Phase::Crashed(_) | Phase::Starting(_) = status.phase {
            html.raw(REMEDIES);
        }
    });
}

/// Adds the headline, in which a script counts what the filter leaves.
fn headline(element: Element<'_>, status: &Status) {
    let headline = sentence::headline(status);
    let has_diagnostics = status.diagnostics.iter().next().is_some();
    element
        .optional("data-total", has_diagnostics.then_some(&headline))
        .holding(&headline);
}

/// Adds the buttons that concern the build as a whole.
fn acts(html: &mut Html, status: &Status) {
    let mut acts = Html::new();
    diagnostics::sure_fixes(&mut acts, status);
    let again = match status.phase {
        Phase::Failed => Some("Build again"),
        Phase::Crashed(_) => Some("Start again"),
        _ => None,
    };
    if let Some(again) = again {
        acts.tag("button")
            .attribute("type", "button")
            .attribute("class", "do")
            .attribute("data-do", "rebuild")
            .holding(again);
    }
    if acts != Html::new() {
        html.element("p", "act", |html| {
            html.html(&acts);
        });
    }
}

fn content(html: &mut Html, status: &Status) {
    match &status.phase {
        Phase::Building(progress) => building::building(html, progress, status),
        Phase::Starting(start) => waiting::starting(html, start, sentence::name(status)),
        Phase::Crashed(exit) => crash::crash(html, exit, status),
        Phase::Ready(reachable) => waiting::ready(html, reachable.address, &status.timings),
        Phase::Failed | Phase::Idle | Phase::Built => {}
    }
    diagnostics::diagnostics(html, status);
}
