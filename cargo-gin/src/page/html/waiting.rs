//! What there is to see while the app is not there yet.

use super::crash;
use super::markup::Html;
use super::prose;
use crate::history::Timings;
use crate::page::sentence;
use crate::phase::{Progress, Start};

/// Adds how far cargo has come.
pub(super) fn building(html: &mut Html, progress: &Progress) {
    if let Some(blocked) = &progress.blocked {
        html.raw("<section class=\"card\"><h2>Another cargo is at work</h2><p>cargo waits for <b>")
            .text(blocked);
        html.raw("</b>. Most often it is held by rust-analyzer or by a cargo in another terminal, and is free again soon.</p>");
        html.raw("<p class=\"remedy\">To stop them from waiting for each other, give rust-analyzer a folder of its own: ");
        html.raw("<code>\"rust-analyzer.cargo.targetDir\": true</code> in the editor's settings.</p></section>");
        return;
    }
    html.raw("<section class=\"card wait\">");
    if progress.total > 0 {
        html.raw("<progress aria-label=\"crates built\" max=\"")
            .text(progress.total)
            .raw("\" value=\"")
            .text(progress.done);
        html.raw("\"></progress><p><b>")
            .text(progress.done)
            .raw("</b> of ")
            .text(progress.total)
            .raw(" crates</p>");
    } else {
        html.raw("<progress aria-label=\"cargo starts\"></progress><p>cargo looks what is to be done</p>");
    }
    if !progress.crates.is_empty() {
        html.raw("<ul class=\"crates\" aria-label=\"compiling now\">");
        for name in &progress.crates {
            html.raw("<li>").text(name).raw("</li>");
        }
        html.raw("</ul>");
    }
    html.raw("</section>");
}

/// Adds what is known of an app that has not opened its port.
pub(super) fn starting(html: &mut Html, start: &Start) {
    if let Some(wrong_port) = sentence::wrong_port(start) {
        html.raw("<section class=\"card\"><h2>It listens, but elsewhere</h2><p>");
        prose::sentence(html, &capitalized(&wrong_port));
        html.raw(".</p></section>");
    } else {
        html.raw(
            "<section class=\"card wait\"><progress aria-label=\"the app starts\"></progress>",
        );
        html.raw("<p>Waiting for it to listen on <code>PORT=")
            .text(start.port)
            .raw("</code>, for ")
            .text(sentence::took(start.since.elapsed()))
            .raw(" now</p></section>");
    }
    crash::last_output(html, &start.tail, "Its output so far");
}

/// Adds where the app is and how long it took to get there.
pub(super) fn ready(html: &mut Html, timings: &Timings) {
    html.raw("<section class=\"card\"><p><a href=\"/\">Go to the app</a></p><p class=\"quiet\">");
    let parts = [("built in ", timings.build), ("started in ", timings.start)];
    let mut between = "";
    for (part, time) in parts {
        if let Some(time) = time {
            html.raw(between).raw(part).text(sentence::took(time));
            between = ", ";
        }
    }
    html.raw("</p></section>");
}

fn capitalized(sentence: &str) -> String {
    let mut chars = sentence.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}
