//! The diagnostics of a build in reading order: errors first, and among them those of the files just saved.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::diagnostics::{Diagnostic, Span};
use crate::page::html::markup::{Html, prose};
use crate::page::html::phase::toolchain_errors;
use crate::page::words::whole;
use crate::state::{Cause, Phase, Status};

/// The number of diagnostics from which on the filter is shown.
const MANY: usize = 5;

/// A diagnostic in reading order.
pub(crate) struct Item<'a> {
    /// Its id within the build.
    pub(crate) id: usize,
    /// Its id on the page. The same diagnostic has the same id in the next build.
    pub(crate) anchor: String,
    pub(crate) diagnostic: &'a Diagnostic,
    /// The path of its whole text, if it is abridged.
    pub(crate) whole: Option<String>,
    /// Its crate, if the build has diagnostics of several.
    pub(crate) package: Option<&'a str>,
    /// Its number among the errors or the warnings, counted from 1, and their total.
    pub(crate) ordinal: (usize, usize),
}

impl<'a> Item<'a> {
    fn new(id: usize, diagnostic: &'a Diagnostic, status: &Status) -> Item<'a> {
        let message = &diagnostic.message;
        let place = message.spans.iter().find(|span| span.is_primary);
        let mut hasher = DefaultHasher::new();
        (&diagnostic.package, &message.message).hash(&mut hasher);
        if let Some(span) = place.map(Span::shown) {
            // Lines move when others are edited, so their text counts instead of their numbers.
            let lines = span.text.iter().map(|line| line.text.trim());
            (&span.file_name, &span.label, lines.collect::<Vec<_>>()).hash(&mut hasher);
        }
        Item {
            id,
            anchor: format!("d{:016x}", hasher.finish()),
            diagnostic,
            whole: whole::path(status, id, diagnostic),
            package: None,
            ordinal: (1, 1),
        }
    }

    /// Returns the primary file, or an empty string.
    fn file(&self) -> &'a str {
        self.place().map_or("", |(file, _)| file)
    }

    /// Returns the primary file and line.
    pub(crate) fn place(&self) -> Option<(&'a str, usize)> {
        let spans = &self.diagnostic.message.spans;
        let primary = spans.iter().find(|span| span.is_primary)?;
        let shown = primary.shown();
        Some((&shown.file_name, shown.line_start))
    }

    /// Returns the primary label, which distinguishes diagnostics with the same title.
    fn label(&self) -> Option<&'a str> {
        let spans = &self.diagnostic.message.spans;
        spans.iter().find(|span| span.is_primary)?.label.as_deref()
    }

    /// Returns `true` if both belong under the same heading.
    fn is_beside(&self, other: &Item<'_>) -> bool {
        (self.is_error(), &self.diagnostic.package, self.file())
            == (other.is_error(), &other.diagnostic.package, other.file())
    }

    pub(crate) fn is_error(&self) -> bool {
        self.diagnostic.message.level.is_error()
    }
}

/// Returns the kept diagnostics in reading order.
pub(crate) fn items(status: &Status) -> Vec<Item<'_>> {
    let kept = status.diagnostics.iter().enumerate();
    let mut items: Vec<_> = kept
        .map(|(id, diagnostic)| Item::new(id, diagnostic, status))
        .collect();
    let saved = |file: &str| match &status.cause {
        Cause::Changed(files) => files.contains(&status.target.root.join(file)),
        Cause::Started
        | Cause::Requested
        | Cause::RestartRequested
        | Cause::Crashed
        | Cause::Overflow => false,
    };
    // Crates and files stay together, in the order of their first message.
    let crates = ranks(items.iter().map(|item| item.diagnostic.package.as_str()));
    let files = ranks(items.iter().map(Item::file));
    items.sort_by_key(|item| {
        let rank = |ranks: &[&str], name| ranks.iter().position(|known| *known == name);
        let package = rank(&crates, item.diagnostic.package.as_str());
        (
            !item.is_error(),
            !saved(item.file()),
            package,
            rank(&files, item.file()),
        )
    });
    if crates.iter().filter(|name| !name.is_empty()).count() > 1 {
        for item in &mut items {
            let package = item.diagnostic.package.as_str();
            item.package = Some(package).filter(|package| !package.is_empty());
        }
    }
    distinct(&mut items);
    let errors = items.partition_point(Item::is_error);
    let (errors, warnings) = items.split_at_mut(errors);
    // All are counted, but only the first ones are kept.
    let all = &status.diagnostics;
    for (kind, counted) in [(errors, all.errors()), (warnings, all.warnings())] {
        let total = kind.len().max(counted);
        for (index, item) in kind.iter_mut().enumerate() {
            item.ordinal = (index + 1, total);
        }
    }
    items
}

/// Returns the error of a failed build that has only one: the page is about it.
pub(crate) fn only_error(status: &Status) -> Option<&Diagnostic> {
    let diagnostics = &status.diagnostics;
    let is_only = matches!(status.phase, Phase::Failed) && diagnostics.errors() == 1;
    let mut kept = diagnostics.iter().filter(|_| is_only);
    kept.find(|diagnostic| diagnostic.message.level.is_error())
}

fn ranks<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut ranks = Vec::new();
    for name in names {
        if !ranks.contains(&name) {
            ranks.push(name);
        }
    }
    ranks
}

/// Makes the anchors distinct: rustc repeats the diagnostics of a crate that it compiles twice.
fn distinct(items: &mut [Item<'_>]) {
    let mut seen = HashMap::<String, usize>::new();
    for item in items {
        let times = seen.entry(item.anchor.clone()).or_default();
        *times += 1;
        if *times > 1 {
            item.anchor = format!("{}-{times}", item.anchor);
        }
    }
}

/// The labels of diagnostics with the same title.
type Labels<'a> = HashMap<&'a str, HashSet<Option<&'a str>>>;

/// Adds the table of contents, with a heading for each file, and for each crate if there are several.
pub(crate) fn navigation(html: &mut Html, items: &[Item<'_>]) {
    let mut labels = Labels::new();
    for item in items {
        let title = toolchain_errors::title(item.diagnostic);
        labels.entry(title).or_default().insert(item.label());
    }
    html.tag("nav")
        .attribute("id", "nav")
        .attribute("aria-label", "Diagnostics")
        .optional("class", (items.len() >= MANY).then_some("many"))
        .around(|html| {
            let is_alike = |one: &Item<'_>, other: &Item<'_>| one.is_error() == other.is_error();
            let kinds: Vec<_> = items.chunk_by(is_alike).collect();
            for kind in &kinds {
                html.element("div", "", |html| {
                    if kinds.len() > 1 {
                        let name = if kind[0].is_error() {
                            "Errors"
                        } else {
                            "Warnings"
                        };
                        html.leaf("h2", "", name);
                    }
                    for group in kind.chunk_by(Item::is_beside) {
                        file(html, group, &labels);
                    }
                });
            }
        });
}

/// Adds the diagnostics of a file.
fn file(html: &mut Html, group: &[Item<'_>], labels: &Labels<'_>) {
    html.element("div", "", |html| {
        heading(html, &group[0]);
        html.element("ul", "", |html| {
            for item in group {
                let title = toolchain_errors::title(item.diagnostic);
                let is_ambiguous = labels.get(title).is_some_and(|labels| labels.len() > 1);
                entry(html, item, item.label().filter(|_| is_ambiguous));
            }
        });
    });
}

/// Adds the file of a group, and its crate if there are several.
fn heading(html: &mut Html, first: &Item<'_>) {
    html.element("p", "fh", |html| {
        if let Some(package) = first.package {
            html.leaf("b", "", package).text(" ");
        }
        html.text(if first.file().is_empty() {
            toolchain_errors::subject(first.diagnostic)
        } else {
            first.file()
        });
    });
}

fn entry(html: &mut Html, item: &Item<'_>, label: Option<&str>) {
    let (class, word) = if item.is_error() {
        ("error", "error: ")
    } else {
        ("warning", "warning: ")
    };
    html.element("li", class, |html| {
        html.tag("a")
            .attribute("href", format_args!("#{}", item.anchor))
            .around(|html| {
                html.leaf("span", "vh", word);
                html.element("span", "", |html| {
                    prose::sentence(html, toolchain_errors::title(item.diagnostic));
                    if let Some(label) = label {
                        html.element("em", "", |html| {
                            html.text(": ");
                            prose::sentence(html, label);
                        });
                    }
                });
                if let Some((_, line)) = item.place() {
                    html.element("span", "ln", |html| {
                        html.leaf("span", "vh", "line ").text(line);
                    });
                }
            });
    });
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;
    use crate::page::tests::sample;

    /// Returns rustc's message about the first line of a file.
    fn message(level: &str, text: &str, file: &str) -> String {
        let span = json!({
            "file_name": file, "byte_start": 0, "byte_end": 1, "line_start": 1, "line_end": 1, "column_start": 1, "column_end": 2,
            "is_primary": true, "text": [], "label": null, "suggested_replacement": null, "suggestion_applicability": null,
            "expansion": null,
        });
        let message = json!({
            "message": text, "code": null, "level": level, "spans": [span], "children": [], "rendered": text,
        });
        format!("{message}\n")
    }

    #[test]
    fn errors_of_the_file_just_saved_come_first_and_files_stay_together() {
        let lines: String = [
            ("warning", "unused", "src/main.rs"),
            ("error", "first of b", "src/b.rs"),
            ("error", "of a", "src/a.rs"),
            ("error", "of main", "src/main.rs"),
            ("error", "second of b", "src/b.rs"),
        ]
        .iter()
        .map(|(level, text, file)| message(level, text, file))
        .collect();
        let diagnostics = sample::diagnostics(&lines, Path::new("/home/ann/blog"));
        let status = sample::status(Phase::Failed, diagnostics);
        let items = items(&status);
        let texts = items.iter().map(|item| &*item.diagnostic.message.message);
        let expected = ["of main", "first of b", "second of b", "of a", "unused"];
        assert_eq!(texts.collect::<Vec<_>>(), expected);
        let ordinals: Vec<_> = items.iter().map(|item| item.ordinal).collect();
        assert_eq!(ordinals, [(1, 4), (2, 4), (3, 4), (4, 4), (1, 1)]);
    }
}
