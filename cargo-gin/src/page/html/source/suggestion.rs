//! rustc's suggestions as diffs.

use crate::diagnostics::{Alternative, Applicability, Message};
use crate::fix::{self, Choice, Confidence, Refused};
use crate::page::html::markup::{Html, fold, listing};
use crate::page::html::source::diff::diff;
use crate::page::html::source::files::SourceFiles;
use crate::page::html::source::location::location;
use crate::page::words::sentence;

/// The number of alternatives up to which all are shown. Further ones are folded.
const FEW: usize = 4;

/// Adds the suggestion of `message`, each alternative as a diff. `choice` returns the id that applies an alternative. Returns `false` if
/// there is no suggestion.
pub(crate) fn suggestion(
    html: &mut Html,
    message: &Message,
    choice: impl Fn(usize) -> Choice,
    files: &SourceFiles<'_>,
) -> bool {
    let alternatives = message.alternatives();
    let total = alternatives.len();
    let shown: Vec<_> = alternatives.iter().enumerate().collect();
    let (few, others) = shown.split_at(total.min(FEW));
    let write = |html: &mut Html, shown: &[(usize, &Alternative<'_>)]| {
        for (index, alternative) in shown {
            figure(html, alternative, (*index, total), choice(*index), files);
        }
    };
    write(html, few);
    if !others.is_empty() {
        let more = sentence::counted(others.len(), "more alternative");
        fold(html, "others", more, |html| write(html, others));
    }
    total > 0
}

/// Adds one of `total` alternatives as a diff, with the button that applies it.
fn figure(
    html: &mut Html,
    alternative: &Alternative<'_>,
    (index, total): (usize, usize),
    choice: Choice,
    files: &SourceFiles<'_>,
) {
    let Some(first) = alternative.parts().first() else {
        return;
    };
    let verdict = fix::verdict(alternative, files.sources());
    html.element("figure", "x", |html| {
        html.element("figcaption", "", |html| {
            let (line, column) = (first.line_start, first.column_start);
            location(html, files, &first.file_name, line, column);
            html.element("span", "offer", |html| {
                if total > 1 {
                    html.leaf("span", "nth", format_args!("{} of {total}", index + 1));
                }
                badge(html, alternative.applicability());
                if let Ok(confidence) = &verdict {
                    button(html, choice, *confidence);
                }
            });
        });
        listing(html, "suggested change", |html| {
            diff(html, alternative.parts(), files);
        });
        if let Err(
            reason @ (Refused::Macro | Refused::NotAtHand { .. } | Refused::NotOurs { .. }),
        ) = verdict
        {
            html.leaf("p", "unseen", reason);
        }
    });
}

/// Adds the button that applies the suggestion.
fn button(html: &mut Html, choice: Choice, confidence: Confidence) {
    html.tag("button")
        .attribute("type", "button")
        .attribute("class", "fix")
        .attribute("data-fix", choice)
        .holding(match confidence {
            Confidence::Sure => "Apply",
            Confidence::Unsure => "Apply anyway",
        });
}

/// Adds rustc's confidence in the suggestion, with an explanation as its tooltip.
fn badge(html: &mut Html, applicability: Applicability) {
    let (class, title, word) = match applicability {
        Applicability::Sure => (
            "badge ok",
            "rustc marks this edit as applicable without review",
            "rustc is sure",
        ),
        Applicability::Unsure => ("badge", "it may not be what you meant", "may be wrong"),
        Applicability::Incomplete => (
            "badge",
            "some parts are for you to fill in",
            "has placeholders",
        ),
        Applicability::Unrated => ("badge", "rustc does not rate this edit", "unrated"),
    };
    html.tag("span")
        .attribute("class", class)
        .attribute("title", title)
        .holding(word);
}
