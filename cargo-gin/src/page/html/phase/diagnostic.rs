//! One diagnostic, from its sentence to rustc's own words.

use crate::diagnostics::{Diagnostic, Level, Message, Origin, Span};
use crate::fix::Choice;
use crate::page::html::markup::{Html, code, output, prose};
use crate::page::html::phase::explanation::{Explained, meaning};
use crate::page::html::phase::listing::Item;
use crate::page::html::phase::toolchain_errors;
use crate::page::html::source::{SourceFiles, excerpts, is_within, location, marks, suggestion};
use crate::page::words::sentence;

/// Adds the diagnostic as an article.
pub(crate) fn article(
    html: &mut Html,
    item: &Item<'_>,
    explained: Explained,
    files: &SourceFiles<'_>,
) {
    let message = &item.diagnostic.message;
    html.raw("<article tabindex=\"-1\" class=\"dg ")
        .raw(class(message.level))
        .raw("\" id=\"")
        .text(&item.anchor);
    html.raw("\" data-id=\"")
        .text(item.id)
        .raw("\" aria-labelledby=\"")
        .text(&item.anchor)
        .raw("-t\"><header>");
    html.raw("<span class=\"lv\">")
        .text(sentence::level(message.level))
        .raw("</span>");
    if let Some(code) = &message.code {
        html.raw("<span class=\"code\">")
            .text(&code.code)
            .raw("</span>");
    }
    whose(html, item);
    html.raw("</header><h2 id=\"")
        .text(&item.anchor)
        .raw("-t\">");
    prose::sentence(html, toolchain_errors::title(item.diagnostic));
    html.raw("</h2>");
    toolchain_errors::remedy(html, item.diagnostic);
    match item.diagnostic.origin {
        Origin::Rustc => body(html, item, files),
        Origin::Linker | Origin::BuildScript | Origin::Cargo | Origin::Gin => {
            html.html(&excerpts(message, &marks(message), files));
            toolchain_errors::words(html, item.diagnostic);
        }
    }
    if let Some(code) = &message.code {
        meaning(html, code, explained);
    }
    raw(html, item.diagnostic);
    html.raw("</article>");
}

/// Adds the crate, and which of several it is.
fn whose(html: &mut Html, item: &Item<'_>) {
    let package = &item.diagnostic.package;
    let (number, all) = item.ordinal;
    if package.is_empty() && all == 1 {
        return;
    }
    html.raw("<span class=\"crate\">").text(package);
    if all > 1 {
        html.raw(" <span class=\"nth\">")
            .text(number)
            .raw(" of ")
            .text(all)
            .raw("</span>");
    }
    html.raw("</span>");
}

fn class(level: Level) -> &'static str {
    match level {
        Level::Ice | Level::Error => "error",
        Level::Warning => "warning",
        _ => "note",
    }
}

/// Adds the places, what is said of them, and how their macros expanded.
fn body(html: &mut Html, item: &Item<'_>, files: &SourceFiles<'_>) {
    let message = &item.diagnostic.message;
    html.html(&excerpts(message, &marks(message), files));
    for span in message.spans.iter().filter(|span| span.is_primary) {
        expansions(html, span, files);
    }
    for (index, child) in message.children.iter().enumerate() {
        let choice = Choice::One {
            diagnostic: item.id,
            child: index,
        };
        note(html, child, choice, files);
    }
}

/// Adds a note, a help or a suggestion.
fn note(html: &mut Html, child: &Message, choice: Choice, files: &SourceFiles<'_>) {
    html.raw("<div class=\"n ")
        .raw(note_class(child.level))
        .raw("\"><p><b>")
        .text(sentence::level(child.level))
        .raw("</b> ");
    if child.message.contains('\n') {
        // rustc aligns "expected" and "found" by blanks.
        html.raw("<span class=\"pre\">")
            .text(&child.message)
            .raw("</span>");
    } else {
        prose::sentence(html, &child.message);
    }
    html.raw("</p>");
    match suggestion(child, choice, files) {
        Some(diff) => html.html(&diff),
        None => html.html(&excerpts(child, &marks(child), files)),
    };
    html.raw("</div>");
}

fn note_class(level: Level) -> &'static str {
    match level {
        Level::Help => "help",
        _ => "note",
    }
}

/// Adds the macro calls that a place came from, folded, the one nearest to it first.
fn expansions(html: &mut Html, span: &Span, files: &SourceFiles<'_>) {
    let steps: Vec<_> = span
        .chain()
        .filter_map(|span| span.expansion.as_ref())
        .collect();
    let outermost = span.chain().last().unwrap_or(span);
    if steps.is_empty() || is_within(span.shown(), outermost) {
        return;
    }
    html.raw("<details class=\"f\" data-fold=\"macro\"><summary>How the macro got here</summary><ol class=\"ex\">");
    for step in steps {
        html.raw("<li><code>")
            .text(&step.macro_decl_name)
            .raw("</code> called at ");
        location(
            html,
            files,
            &step.span.file_name,
            step.span.line_start,
            step.span.column_start,
        );
        if let Some(definition) = &step.def_site_span {
            html.raw(", defined at ");
            location(
                html,
                files,
                &definition.file_name,
                definition.line_start,
                definition.column_start,
            );
        }
        if let Some(line) = step.span.text.first() {
            html.raw("<pre tabindex=\"0\" role=\"group\" aria-label=\"macro call\"><code>");
            code(html, &step.span.file_name, line.text.trim());
            html.raw("</code></pre>");
        }
        html.raw("</li>");
    }
    html.raw("</ol></details>");
}

/// Adds the message as it was printed.
fn raw(html: &mut Html, diagnostic: &Diagnostic) {
    if let Some(rendered) = &diagnostic.message.rendered
        && let Some(speaker) = toolchain_errors::speaker(diagnostic)
    {
        html.raw("<details class=\"f\" data-fold=\"raw\"><summary>");
        html.raw(speaker).raw("</summary>");
        html.raw("<pre class=\"out raw\" tabindex=\"0\" role=\"group\" aria-label=\"as printed\">");
        html.html(&output(rendered.trim_end()))
            .raw("</pre></details>");
    }
}
