//! One diagnostic, from its title to rustc's own output.

use crate::diagnostics::{Diagnostic, Expansion, Level, Message, Origin, Span};
use crate::fix::Choice;
use crate::page::html::markup::{Html, code, fold, listing, output, preformatted, prose};
use crate::page::html::phase::difference::highlighted;
use crate::page::html::phase::explanation::{Explained, explanation};
use crate::page::html::phase::listing::Item;
use crate::page::html::phase::{linker, toolchain_errors};
use crate::page::html::source::{
    Rank, SourceFiles, excerpts, is_within, location, marks, suggestion,
};
use crate::page::words::{sentence, whole};
use crate::source::Source;

/// The id of a page's heading that is the sentence of its only error.
pub(crate) const HEADLINE: &str = "headline";

/// The start of rustc's advice to print a type that is too long for the message. The page shows it.
const VERBOSE: &str = "consider using `--verbose` to print the full type name";

/// The place of a diagnostic's sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heading {
    /// The article itself.
    Own,
    /// The heading of the page, [`HEADLINE`].
    OfPage,
}

/// Adds the diagnostic as an article.
pub(crate) fn article(
    html: &mut Html,
    item: &Item<'_>,
    heading: Heading,
    explained: Explained,
    files: &SourceFiles<'_>,
) {
    let message = &item.diagnostic.message;
    let title = match heading {
        Heading::Own => format!("{}-t", item.anchor),
        Heading::OfPage => HEADLINE.to_owned(),
    };
    html.tag("article")
        .attribute("tabindex", -1)
        .attribute("class", format_args!("dg {}", class(message.level)))
        .attribute("id", &item.anchor)
        .attribute("data-id", item.id)
        .attribute("aria-labelledby", &title)
        .around(|html| {
            if heading == Heading::OfPage {
                // The headings below are of the third level.
                html.leaf("h2", "vh", "Details");
            }
            if heading == Heading::Own {
                html.element("header", "", |html| {
                    html.leaf("span", "lv", sentence::level(message.level));
                    if let Some(code) = &message.code {
                        html.leaf("span", "code", &code.code);
                    }
                    crate_name(html, item);
                });
                html.tag("h2").attribute("id", &title).around(|html| {
                    prose::sentence(html, toolchain_errors::title(item.diagnostic));
                });
            }
            toolchain_errors::remedy(html, item.diagnostic);
            match item.diagnostic.origin {
                Origin::Rustc => body(html, item, files),
                Origin::Linker
                | Origin::BuildScript
                | Origin::Cargo
                | Origin::Hook
                | Origin::Gin => {
                    html.html(&excerpts(Rank::Main, message, &marks(message), files));
                    linker::symbols(html, item.diagnostic, files);
                    toolchain_errors::details(html, item.diagnostic);
                }
            }
            if let Some(code) = &message.code {
                explanation(html, code, explained);
            }
            as_printed(html, item.diagnostic);
            to_whole(html, item);
        });
}

/// Adds the crate if there are several, and the diagnostic's number among several.
fn crate_name(html: &mut Html, item: &Item<'_>) {
    let (number, all) = item.ordinal;
    if item.package.is_none() && all == 1 {
        return;
    }
    html.element("span", "crate", |html| {
        html.text(item.package.unwrap_or_default());
        if all > 1 {
            html.text(" ")
                .leaf("span", "nth", format_args!("{number} of {all}"));
        }
    });
}

fn class(level: Level) -> &'static str {
    match level {
        Level::Ice | Level::Error => "error",
        Level::Warning => "warning",
        _ => "note",
    }
}

/// Adds the marked source, the macro expansions, and the notes.
fn body(html: &mut Html, item: &Item<'_>, files: &SourceFiles<'_>) {
    let message = &item.diagnostic.message;
    html.html(&excerpts(Rank::Main, message, &marks(message), files));
    for span in message.spans.iter().filter(|span| span.is_primary) {
        expansions(html, span, files);
    }
    let children = message.children.iter();
    let has_whole_type = children
        .clone()
        .any(|child| long_type(child, files).is_some());
    let is_shown = |child: &Message| !(has_whole_type && child.message.starts_with(VERBOSE));
    for (index, child) in children.enumerate().filter(|(_, child)| is_shown(child)) {
        let choice = |alternative| Choice::One {
            diagnostic: item.id,
            child: index,
            alternative,
        };
        let rendered = message.rendered.as_deref().unwrap_or_default();
        note(html, child, rendered, choice, files);
    }
}

/// Adds a note, a help or a suggestion.
fn note(
    html: &mut Html,
    child: &Message,
    rendered: &str,
    choice: impl Fn(usize) -> Choice,
    files: &SourceFiles<'_>,
) {
    if let Some(source) = long_type(child, files) {
        return whole_type(html, child, source);
    }
    html.element("div", note_class(child.level), |html| {
        html.element("p", "", |html| {
            html.leaf("b", "", sentence::level(child.level)).text(" ");
            if child.message.contains('\n') {
                // rustc aligns "expected" and "found" with spaces.
                let note = highlighted(&child.message, rendered);
                html.element("span", "pre", |html| {
                    html.html(&note);
                });
            } else {
                prose::sentence(html, &child.message);
            }
        });
        if !suggestion(html, child, choice, files) {
            html.html(&excerpts(Rank::Note, child, &marks(child), files));
        }
    });
}

/// Returns the file with the type that is too long for the message, if this is the note that names it.
fn long_type<'a>(note: &Message, files: &SourceFiles<'a>) -> Option<&'a Source> {
    note.long_type().and_then(|file| files.get(file))
}

/// Adds the type that is too long for the message, folded, with the note that names its file.
fn whole_type(html: &mut Html, note: &Message, source: &Source) {
    fold(html, "type", "The whole type", |html| {
        preformatted(html, "out", "the whole type", |html| {
            html.text(source.text().trim_end());
        });
        html.element("p", "quiet", |html| prose::sentence(html, &note.message));
    });
}

fn note_class(level: Level) -> &'static str {
    match level {
        Level::Help => "n help",
        _ => "n note",
    }
}

/// Adds the macro calls that a place comes from, folded, the nearest one first.
fn expansions(html: &mut Html, span: &Span, files: &SourceFiles<'_>) {
    let steps: Vec<_> = span
        .chain()
        .filter_map(|span| span.expansion.as_ref())
        .collect();
    let outermost = span.chain().last().unwrap_or(span);
    if steps.is_empty() || is_within(span.shown(), outermost) {
        return;
    }
    fold(html, "macro", "Macro expansion", |html| {
        html.element("ol", "ex", |html| {
            for step in steps {
                html.element("li", "", |html| expansion(html, step, files));
            }
        });
    });
}

/// Adds one macro call, and where the macro is defined.
fn expansion(html: &mut Html, step: &Expansion, files: &SourceFiles<'_>) {
    let at = |html: &mut Html, span: &Span| {
        location(
            html,
            files,
            &span.file_name,
            span.line_start,
            span.column_start,
        );
    };
    html.leaf("code", "", &step.macro_decl_name)
        .text(" called at ");
    at(html, &step.span);
    if let Some(definition) = &step.def_site_span {
        html.text(", defined at ");
        at(html, definition);
    }
    if let Some(line) = step.span.text.first() {
        listing(html, "macro call", |html| {
            code(html, &step.span.file_name, line.text.trim());
        });
    }
}

/// Adds the message as it was printed.
fn as_printed(html: &mut Html, diagnostic: &Diagnostic) {
    if let Some(rendered) = &diagnostic.message.rendered
        && let Some(heading) = toolchain_errors::heading(diagnostic)
    {
        fold(html, "raw", heading, |html| {
            preformatted(html, "out raw", "as printed", |html| {
                html.html(&output(rendered.trim_end()));
            });
        });
    }
}

/// Adds the link to the whole text, if the diagnostic is abridged.
fn to_whole(html: &mut Html, item: &Item<'_>) {
    if let (Some(path), Some(length)) = (&item.whole, whole::length(item.diagnostic)) {
        html.element("p", "quiet", |html| {
            html.text("Only parts of this message are shown. ");
            html.tag("a")
                .attribute("href", path)
                .holding(format_args!("The whole text ({length})"));
        });
    }
}
