//! The stack trace of a panic.

use std::path::Path;

use crate::page::html::markup::{Html, code, fold, listing};
use crate::page::html::source::{SourceFiles, location};
use crate::page::words::sentence;
use crate::panic::{Frame, Panic, Place};

/// Adds the stack trace: calls in the app's own files are open, those in between are folded.
pub(crate) fn stack(html: &mut Html, panic: &Panic, files: &SourceFiles<'_>, root: &Path) {
    html.leaf("h3", "sh", "Stack trace");
    html.element("ol", "frames", |html| {
        let numbered: Vec<_> = panic.frames.iter().enumerate().collect();
        let is_own = |frame: &Frame| panic.is_own(frame, root);
        for group in numbered.chunk_by(|(_, a), (_, b)| is_own(a) == is_own(b)) {
            if group.first().is_some_and(|(_, frame)| is_own(frame)) {
                for (number, frame) in group {
                    own_call(html, *number, frame, panic, files);
                }
            } else {
                html.element("li", "", |html| foreign_calls(html, group, files));
            }
        }
    });
}

/// Adds a call in the app's own files with its line, unless the panic's place already shows it.
fn own_call(html: &mut Html, number: usize, frame: &Frame, panic: &Panic, files: &SourceFiles<'_>) {
    html.tag("li").attribute("value", number).around(|html| {
        call(html, frame, files);
        let is_elsewhere = |place: &&Place| **place != panic.place;
        if let Some(place) = frame.place.as_ref().filter(is_elsewhere) {
            line(html, place, files);
        }
    });
}

/// Adds calls outside the app's files, folded.
fn foreign_calls(html: &mut Html, calls: &[(usize, &Frame)], files: &SourceFiles<'_>) {
    let count = sentence::counted(calls.len(), "call");
    let summary = format_args!("{count} outside your code");
    fold(html, "frames", summary, |html| {
        html.element("ol", "frames", |html| {
            for (number, frame) in calls {
                html.tag("li")
                    .attribute("value", number)
                    .around(|html| call(html, frame, files));
            }
        });
    });
}

/// Adds the called function and its place.
fn call(html: &mut Html, frame: &Frame, files: &SourceFiles<'_>) {
    let place = frame.place.as_ref();
    let enclosing = place.and_then(|place| enclosing_function(&frame.function, place, files));
    match enclosing {
        Some(name) => html.text(part(&frame.function)).leaf("code", "", name),
        None => html.leaf("code", "", &frame.function),
    };
    html.text(" ");
    if let Some(place) = place {
        location(html, files, &place.file, place.line, place.column);
    }
}

/// Returns the words for a part of a function. The body of an async function is the function itself.
fn part(called: &str) -> &'static str {
    let parts = [
        ("{async_fn", ""),
        ("{async_block", "async block in "),
        ("{closure", "closure in "),
    ];
    let known = parts.iter().find(|(kind, _)| called.starts_with(kind));
    known.map_or("part of ", |(_, words)| words)
}

/// Returns the function around a place, for a call without a name of its own: debug information names the body of an async
/// function `{async_fn#0}`, without the function.
fn enclosing_function<'a>(called: &str, place: &Place, files: &SourceFiles<'a>) -> Option<&'a str> {
    if !called.starts_with('{') {
        return None;
    }
    let source = files.get(&place.file)?;
    let indent = |line: &str| line.len() - line.trim_start().len();
    let own = indent(source.line(place.line)?);
    (1..=place.line).rev().find_map(|number| {
        let line = source.line(number)?;
        let is_around = number == place.line || indent(line) < own;
        is_around.then(|| declared_function(line)).flatten()
    })
}

/// Returns the name of the function that a line declares: `show` for `pub async fn show(id: u32) -> String {`.
fn declared_function(line: &str) -> Option<&str> {
    let (before, after) = line.trim_start().split_once("fn ")?;
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let modifiers = |c: char| is_word(c) || matches!(c, ' ' | '(' | ')' | '"');
    let end = after.find(|c| !is_word(c)).unwrap_or(after.len());
    let is_function = end > 0 && before.chars().all(modifiers);
    is_function.then(|| &after[..end])
}

/// Adds the source line of a call.
fn line(html: &mut Html, place: &Place, files: &SourceFiles<'_>) {
    if let Some(line) = files
        .get(&place.file)
        .and_then(|source| source.line(place.line))
    {
        listing(html, "call", |html| code(html, &place.file, line.trim()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::FileList;
    use crate::source::{Source, Sources};

    #[test]
    fn a_call_without_a_name_is_attributed_to_the_enclosing_function() {
        let text = "/// Calls fn nothing.\npub(crate) async fn show(id: u32) -> String {\n    let f = |x| {\n        x[id]\n    };\n    \
                    // fn other() {\n    f(1)\n}\nasync fn short() { oh() }\nstatic X: u8 = 1;\n";
        let sources: Sources = [("src/main.rs".to_owned(), Source::new(text))]
            .into_iter()
            .collect();
        let files = SourceFiles::new(&sources, FileList::Report);
        for (called, line, shown) in [
            ("{async_fn#0}", 4, "<code>show</code> "),
            ("{closure#0}", 7, "closure in <code>show</code> "),
            ("{async_fn#0}", 9, "<code>short</code> "),
            ("app::show", 4, "<code>app::show</code> "),
            ("{async_fn#0}", 1, "<code>{async_fn#0}</code> "),
            ("{async_fn#0}", 99, "<code>{async_fn#0}</code> "),
        ] {
            let place = Place {
                file: "src/main.rs".to_owned(),
                line,
                column: 1,
            };
            let frame = Frame {
                function: called.to_owned(),
                place: Some(place),
            };
            let mut html = Html::new();
            call(&mut html, &frame, &files);
            let html = html.into_string();
            assert!(html.starts_with(shown), "{called} {line}: {html}");
        }
    }
}
