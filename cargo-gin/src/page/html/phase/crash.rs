//! What there is to see when the app has ended by itself.

use crate::editor::Table;
use crate::page::html::markup::{Html, output, prose};
use crate::page::html::phase::panic::article;
use crate::page::html::source::SourceFiles;
use crate::page::words::{ansi, secret, sentence};
use crate::panic;
use crate::state::{Exit, Status, Stream, Tail, TailLine};

/// Adds what the app died of, and its last words.
pub(crate) fn crash(html: &mut Html, exit: &Exit, status: &Status) {
    if let Some(likely) = sentence::likely_reason(exit) {
        html.raw("<p class=\"remedy\">");
        prose::sentence(html, likely);
        html.raw("</p>");
    }
    let panics = exit.panics(&status.target.root);
    let shown = if panics.is_empty() {
        returned(html, &exit.tail)
    } else {
        let files = SourceFiles::new(&exit.sources, Table::Exit);
        html.raw("<section class=\"list\">");
        for (index, panic) in panics.iter().enumerate() {
            article(html, index, panic, &files, &status.target.root);
        }
        html.raw("</section>");
        of_panics(&exit.tail)
    };
    last_words(html, &exit.tail, &shown);
}

/// Which lines of `tail` belong to panics.
fn of_panics(tail: &Tail) -> Vec<bool> {
    let mut reader = panic::Reader::default();
    let lines = tail.iter();
    lines
        .map(|line| line.stream == Stream::Stderr && reader.read(&line.text))
        .collect()
}

/// Adds the error that `main` returned, if it did, and tells which lines of `tail` it is. What the standard library prints of
/// it is its `Debug`, and that of most error types tells what caused it in the lines that follow.
fn returned(html: &mut Html, tail: &Tail) -> Vec<bool> {
    let lines: Vec<_> = tail
        .iter()
        .map(|line| secret::mask_colored(&line.text))
        .collect();
    let Some(start) = lines.iter().rposition(|line| line.starts_with("Error: ")) else {
        return vec![false; lines.len()];
    };
    html.raw("<section class=\"list\"><article class=\"dg error\" tabindex=\"-1\" id=\"error\" aria-labelledby=\"error-t\">");
    html.raw("<header><span class=\"lv\">error</span><span class=\"code\">returned by main</span></header><h2 id=\"error-t\">");
    prose::sentence(
        html,
        &ansi::strip(lines[start].trim_start_matches("Error: ")),
    );
    html.raw("</h2>");
    let rest = lines[start + 1..].join("\n");
    if !rest.trim().is_empty() {
        html.raw("<pre class=\"out\" tabindex=\"0\" role=\"group\" aria-label=\"causes\">");
        html.html(&output(rest.trim_matches('\n'))).raw("</pre>");
    }
    html.raw("</article></section>");
    (0..lines.len()).map(|line| line >= start).collect()
}

/// Adds the last lines that the app wrote, those that are `shown` in another way folded.
fn last_words(html: &mut Html, tail: &Tail, shown: &[bool]) {
    if !shown.contains(&true) {
        return last_output(html, tail, "Its last words");
    }
    html.raw("<section><h2 class=\"sh\">Its last words</h2>");
    let lines: Vec<_> = tail.iter().zip(shown).collect();
    for group in lines.chunk_by(|(_, a), (_, b)| a == b) {
        let is_shown = group.first().is_some_and(|(_, is_shown)| **is_shown);
        // The standard library sets a panic off by an empty line.
        let is_blank = |(line, _): &&(&TailLine, _)| line.text.trim().is_empty();
        let blank = group.iter().rev().take_while(is_blank).count();
        let group = &group[..group.len() - blank];
        if group.is_empty() {
            continue;
        }
        if is_shown {
            html.raw("<details class=\"f\" data-fold=\"printed\"><summary>")
                .text(sentence::counted(group.len(), "line"))
                .raw(" of what is shown above, as printed</summary>");
        }
        written(html, group.iter().map(|(line, _)| *line), "Its last words");
        if is_shown {
            html.raw("</details>");
        }
    }
    html.raw("</section>");
}

/// Adds the last lines that the app wrote.
pub(crate) fn last_output(html: &mut Html, tail: &Tail, heading: &'static str) {
    if tail.iter().next().is_none() {
        html.raw("<p class=\"quiet\">It has written nothing.</p>");
        return;
    }
    html.raw("<section><h2 class=\"sh\">")
        .raw(heading)
        .raw("</h2>");
    written(html, tail.iter(), heading);
    html.raw("</section>");
}

/// Adds `lines`, secrets masked.
fn written<'a>(html: &mut Html, lines: impl Iterator<Item = &'a TailLine>, label: &'static str) {
    html.raw("<pre class=\"out tail\" tabindex=\"0\" role=\"group\" aria-label=\"")
        .raw(label)
        .raw("\">");
    for line in lines {
        html.html(&output(&secret::mask_colored(&line.text)))
            .raw("\n");
    }
    html.raw("</pre>");
}
