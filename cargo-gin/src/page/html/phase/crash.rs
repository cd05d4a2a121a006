//! An app that exited by itself.

use std::path::Path;

use crate::editor::FileList;
use crate::page::html::markup::{Html, fold, output, preformatted, prose};
use crate::page::html::phase::Heading;
use crate::page::html::phase::panic::article;
use crate::page::html::source::SourceFiles;
use crate::page::words::{ansi, crash, secret, sentence};
use crate::panic::{self, Panic};
use crate::state::{Exit, Sent, Status, Stream, Tail, TailLine};

/// The heading of the output of an app that exited.
pub(crate) const LAST_OUTPUT: &str = "Last output";

/// Adds the reason for the exit, and the last output.
pub(crate) fn crash(html: &mut Html, exit: &Exit, status: &Status) {
    if let Some(likely) = crash::likely_reason(exit) {
        html.element("p", "remedy", |html| prose::sentence(html, likely));
    }
    in_flight(html, &exit.in_flight);
    let panics = exit.panics(&status.target.root);
    if !panics.is_empty() {
        let files = SourceFiles::new(&exit.sources, FileList::Exit);
        self::panics(html, &panics, &files, &status.target.root);
        return rest_after_panics(html, &exit.tail, LAST_OUTPUT, |_| true);
    }
    let shown = returned_error(html, &exit.tail);
    rest_of_output(html, &exit.tail, &shown, LAST_OUTPUT, "The error");
}

/// Adds the requests that the app had received and not responded to, with links to their records.
fn in_flight(html: &mut Html, requests: &[Sent]) {
    if requests.is_empty() {
        return;
    }
    html.element("section", "flights", |html| {
        html.leaf("h2", "sh", "Requests in flight");
        html.element("ul", "", |html| {
            for sent in requests {
                html.element("li", "", |html| {
                    html.tag("a")
                        .attribute("href", format_args!("/__gin/requests/{}", sent.id))
                        .around(|html| {
                            html.leaf("b", "", &sent.method).text(" ");
                            html.leaf("span", "", &sent.path);
                        });
                });
            }
        });
    });
}

/// Adds panics with the source at their places.
pub(crate) fn panics(html: &mut Html, panics: &[Panic], files: &SourceFiles<'_>, root: &Path) {
    html.element("section", "list", |html| {
        for (index, panic) in panics.iter().enumerate() {
            article(html, index, panic, Heading::Own, files, root);
        }
    });
}

/// Adds the output, under a heading. Lines of panics that are shown above, as `is_shown` returns, are folded.
pub(crate) fn rest_after_panics(
    html: &mut Html,
    tail: &Tail,
    heading: &'static str,
    is_shown: impl Fn(&Panic) -> bool,
) {
    let shown = lines_of_panics(tail, is_shown);
    rest_of_output(html, tail, &shown, heading, "The panic");
}

/// Returns for each line of `tail` whether it belongs to a panic that is shown.
fn lines_of_panics(tail: &Tail, is_shown: impl Fn(&Panic) -> bool) -> Vec<bool> {
    let mut reader = panic::Reader::default();
    let mut numbers = Vec::new();
    for line in tail.iter() {
        let is_of_panic = line.stream == Stream::Stderr && reader.read(&line.text);
        numbers.push(is_of_panic.then(|| reader.panics().len() - 1));
    }
    let shown: Vec<_> = reader.panics().iter().map(is_shown).collect();
    let lines = numbers.into_iter();
    lines
        .map(|number| number.is_some_and(|number| shown[number]))
        .collect()
}

/// Adds the error that `main` returned, if any, and returns for each line of `tail` whether it belongs to it. The standard
/// library prints its `Debug`, which for most error types lists the causes on the lines that follow.
fn returned_error(html: &mut Html, tail: &Tail) -> Vec<bool> {
    let lines: Vec<_> = tail
        .iter()
        .map(|line| secret::mask_colored(&line.text))
        .collect();
    let Some(start) = lines.iter().rposition(|line| line.starts_with("Error: ")) else {
        return vec![false; lines.len()];
    };
    let message = ansi::strip(lines[start].trim_start_matches("Error: "));
    let causes = lines[start + 1..].join("\n");
    html.element("section", "list", |html| {
        html.tag("article")
            .attribute("class", "dg error")
            .attribute("tabindex", -1)
            .attribute("id", "error")
            .attribute("aria-labelledby", "error-t")
            .around(|html| {
                html.element("header", "", |html| {
                    html.leaf("span", "lv", "error")
                        .leaf("span", "code", "returned by main");
                });
                html.tag("h2")
                    .attribute("id", "error-t")
                    .around(|html| prose::sentence(html, &message));
                if !causes.trim().is_empty() {
                    preformatted(html, "out", "causes", |html| {
                        html.html(&output(causes.trim_matches('\n')));
                    });
                }
            });
    });
    (0..lines.len()).map(|line| line >= start).collect()
}

/// Adds the output, under a heading. Lines that are `shown` above in another form, as `what`, are folded.
fn rest_of_output(html: &mut Html, tail: &Tail, shown: &[bool], heading: &'static str, what: &str) {
    if !shown.contains(&true) {
        return last_output(html, tail, heading);
    }
    html.element("section", "", |html| {
        html.leaf("h2", "sh", heading);
        let lines: Vec<_> = tail.iter().zip(shown).collect();
        for group in lines.chunk_by(|(_, a), (_, b)| a == b) {
            let is_shown = group.first().is_some_and(|(_, is_shown)| **is_shown);
            // The standard library prints an empty line before a panic.
            let is_blank = |(line, _): &&(&TailLine, _)| line.text.trim().is_empty();
            let blank = group.iter().rev().take_while(is_blank).count();
            let group = &group[..group.len() - blank];
            let lines = group.iter().map(|(line, _)| *line);
            if group.is_empty() {
                continue;
            }
            if is_shown {
                let count = sentence::counted(group.len(), "line");
                let summary = format_args!("{what} as printed ({count})");
                fold(html, "printed", summary, |html| {
                    printed_lines(html, lines, heading);
                });
            } else {
                printed_lines(html, lines, heading);
            }
        }
    });
}

/// Adds the last output.
pub(crate) fn last_output(html: &mut Html, tail: &Tail, heading: &'static str) {
    if tail.iter().next().is_none() {
        html.leaf("p", "quiet", "No output.");
        return;
    }
    html.element("section", "", |html| {
        html.leaf("h2", "sh", heading);
        printed_lines(html, tail.iter(), heading);
    });
}

/// Adds `lines`, with secrets masked.
fn printed_lines<'a>(
    html: &mut Html,
    lines: impl Iterator<Item = &'a TailLine>,
    label: &'static str,
) {
    preformatted(html, "out tail", label, |html| {
        for line in lines {
            html.html(&output(&secret::mask_colored(&line.text)))
                .text("\n");
        }
    });
}
