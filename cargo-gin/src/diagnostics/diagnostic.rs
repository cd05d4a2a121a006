//! What rustc and cargo said about the code, as data.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::diagnostics::culprit::Culprit;
use crate::diagnostics::span::Span;
use crate::source::{Library, Sources};

/// Everything one build had to say, in the order it was said.
///
/// A build of broken code can say far more than anyone reads: all of it is counted, the first [`Diagnostics::KEPT`] are kept, and
/// no more than [`Diagnostics::TEXT`] of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Diagnostics {
    kept: Vec<Arc<Diagnostic>>,
    /// How many octets rustc's own renderings of these have.
    text: usize,
    errors: usize,
    warnings: usize,
    sources: Sources,
}

impl Diagnostics {
    /// How many diagnostics are kept to be shown.
    pub(crate) const KEPT: usize = 200;
    /// With how much text no more are kept: 16 MiB.
    const TEXT: usize = 16 << 20;

    /// Adds a diagnostic, unless it only sums up others ("aborting due to 2 previous errors").
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        if diagnostic.is_summary() {
            return;
        }
        match diagnostic.message.level {
            level if level.is_error() => self.errors += 1,
            Level::Warning => self.warnings += 1,
            _ => {}
        }
        if self.kept.len() < Self::KEPT && self.text < Self::TEXT {
            self.text += diagnostic.message.rendered.as_ref().map_or(0, String::len);
            self.kept.push(Arc::new(diagnostic));
        }
    }

    /// The kept ones. A diagnostic's place here is its id within the build.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &Diagnostic> {
        self.kept.iter().map(AsRef::as_ref)
    }

    /// Reads the files that the newest one speaks of, so that it can be shown as it was compiled.
    pub(crate) fn snapshot(&mut self, library: &Library) {
        let Some(newest) = self.kept.last_mut() else {
            return;
        };
        if newest.origin == Origin::Cargo && newest.message.spans.is_empty() {
            let asked = newest.asked(&mut self.sources, library);
            Arc::make_mut(newest).message.spans.extend(asked);
        }
        self.sources.read(newest.message.files(), library);
        if newest.origin == Origin::BuildScript {
            Arc::make_mut(newest).widen(&self.sources);
        }
    }

    /// The files as they were at the [`Diagnostics::snapshot`]s; none before.
    pub(crate) fn sources(&self) -> &Sources {
        &self.sources
    }

    /// How many errors there were, kept or not.
    pub(crate) fn errors(&self) -> usize {
        self.errors
    }

    /// How many warnings there were, kept or not.
    pub(crate) fn warnings(&self) -> usize {
        self.warnings
    }

    /// How many were counted but not kept.
    pub(crate) fn omitted(&self) -> usize {
        (self.errors + self.warnings).saturating_sub(self.kept.len())
    }
}

/// One thing that rustc or cargo said.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Diagnostic {
    /// Who said it.
    pub(crate) origin: Origin,
    /// The crate that was being compiled, or that cargo speaks of. Empty when cargo names none.
    pub(crate) package: String,
    /// What was said.
    #[serde(flatten)]
    pub(crate) message: Message,
}

impl Diagnostic {
    /// An error of cargo's own, or of ours: what is printed after `error: `.
    pub(crate) fn cargo(origin: Origin, text: &str) -> Diagnostic {
        let (title, _) = text.split_once('\n').unwrap_or((text, ""));
        let place = match origin {
            Origin::BuildScript => Span::panicked(text),
            _ => Span::drawn(text),
        };
        let message = Message {
            message: title.to_owned(),
            code: None,
            level: Level::Error,
            spans: place.into_iter().collect(),
            children: Vec::new(),
            rendered: Some(format!("error: {text}\n")),
        };
        Diagnostic {
            origin,
            package: String::new(),
            message,
        }
    }

    /// Where a manifest asks for the dependency that cargo complains about.
    fn asked(&self, sources: &mut Sources, library: &Library) -> Option<Span> {
        let culprit = Culprit::of(self.message.rendered.as_deref()?)?;
        let name = library.name(&culprit.manifest);
        sources.read([name.as_str()], library);
        let manifest = sources.get(&name)?;
        let (line, columns) = culprit.place(manifest)?;
        let mut span = Span::at(name, line, columns.start);
        span.column_end = columns.end;
        Some(span)
    }

    /// Lets each place reach to the end of its word: of a panic only the start is told.
    fn widen(&mut self, sources: &Sources) {
        for span in &mut self.message.spans {
            if let Some(source) = sources.get(&span.file_name) {
                span.column_end = source.word_end(span.line_start, span.column_start);
            }
        }
    }

    fn is_summary(&self) -> bool {
        let Message {
            message,
            code,
            level,
            spans,
            children,
            ..
        } = &self.message;
        let is_bare = self.origin == Origin::Rustc
            && code.is_none()
            && spans.is_empty()
            && children.is_empty();
        *level == Level::FailureNote
            || is_bare && (message.starts_with("aborting due to ") || message.ends_with(" emitted"))
    }
}

/// Which program spoke, and of what: each has a layout of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Origin {
    /// rustc, of a crate's source.
    Rustc,
    /// The linker, through rustc.
    Linker,
    /// A crate's build script that failed.
    BuildScript,
    /// cargo, of a manifest, a resolution or the machine.
    Cargo,
    /// cargo gin itself, of its options or a `.env` file.
    Gin,
}

/// A message as rustc's JSON has it. Unknown fields are ignored and unknown levels kept apart: newer compilers must not break us.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "rustc's JSON calls it so")]
pub(crate) struct Message {
    /// The sentence.
    pub(crate) message: String,
    /// The error code or the lint's name.
    #[serde(default)]
    pub(crate) code: Option<Code>,
    /// How bad it is.
    pub(crate) level: Level,
    /// The places it speaks of; those of macro expansions too.
    #[serde(default)]
    pub(crate) spans: Vec<Span>,
    /// Notes, helps and suggestions.
    #[serde(default)]
    pub(crate) children: Vec<Message>,
    /// rustc's own rendering, with ANSI colours.
    #[serde(default)]
    pub(crate) rendered: Option<String>,
}

impl Message {
    /// The files it speaks of, in all its places.
    fn files(&self) -> Vec<&str> {
        let own = self.spans.iter().flat_map(Span::chain);
        let nested = self.children.iter().flat_map(Message::files);
        own.map(|span| span.file_name.as_str())
            .chain(nested)
            .collect()
    }
}

/// `E0308`, or a lint's name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Code {
    /// `E0308`, `unused_variables`, `clippy::all`.
    pub(crate) code: String,
    /// What `rustc --explain` prints, for error codes.
    #[serde(default)]
    pub(crate) explanation: Option<String>,
}

/// How bad a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Level {
    /// A bug in the compiler itself.
    #[serde(rename = "error: internal compiler error")]
    Ice,
    /// The code does not compile.
    Error,
    /// The code compiles and is suspicious.
    Warning,
    /// A remark of rustc's on the whole, such as "some errors have detailed explanations".
    FailureNote,
    /// More about a message.
    Note,
    /// What to do about it.
    Help,
    /// A level that this version does not know.
    #[serde(other)]
    Other,
}

impl Level {
    /// Does the code not compile for it?
    pub(crate) fn is_error(self) -> bool {
        matches!(self, Level::Ice | Level::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_can_read_is_counted_and_not_kept() {
        let mut diagnostics = Diagnostics::default();
        let vast = "x".repeat(Diagnostics::TEXT / 4);
        for _ in 0..10 {
            diagnostics.push(Diagnostic::cargo(Origin::Cargo, &vast));
        }
        assert_eq!((diagnostics.errors(), diagnostics.iter().len()), (10, 4));
        assert_eq!(diagnostics.omitted(), 6);
    }

    #[test]
    fn the_place_that_cargo_draws_is_found() {
        let text = "duplicate key\n --> app/Cargo.toml:12:3\n   |\n12 |   serde = \"1\"\n   |   ^^^^^ twice\n";
        let diagnostic = Diagnostic::cargo(Origin::Cargo, text);
        let [span] = diagnostic.message.spans.as_slice() else {
            panic!("{diagnostic:?}");
        };
        assert_eq!(
            (span.file_name.as_str(), span.line_start),
            ("app/Cargo.toml", 12)
        );
        assert_eq!((span.column_start, span.column_end), (3, 8));
        assert_eq!(span.text[0].text, "  serde = \"1\"");
        assert_eq!(span.label.as_deref(), Some("twice"));
    }

    #[test]
    fn a_build_script_is_about_the_place_where_it_panicked() {
        let panicked = |message: &str| {
            format!(
                "failed\n\nCaused by:\n  --- stderr\n\n  thread 'main' (7) panicked at build.rs:2:5:\n{message}\n  note: run"
            )
        };
        for (message, label) in [
            ("  no protocol", Some("no protocol")),
            ("  two\n  lines", None),
        ] {
            let diagnostic = Diagnostic::cargo(Origin::BuildScript, &panicked(message));
            let [span] = diagnostic.message.spans.as_slice() else {
                panic!("{diagnostic:?}");
            };
            assert_eq!((span.file_name.as_str(), span.line_start), ("build.rs", 2));
            assert_eq!(span.label.as_deref(), label);
        }
    }

    #[test]
    fn what_cargo_misses_is_shown_where_a_manifest_asks_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let manifest =
            "[package]\nname = \"app\"\n\n[dependencies]\nserde = { path = \"../nowhere\" }\n";
        std::fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
        let text = format!(
            "failed to get `serde` as a dependency of package `app v0.0.0 ({})`",
            folder.path().display()
        );
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(Diagnostic::cargo(Origin::Cargo, &text));
        diagnostics.snapshot(&Library::new(folder.path(), &[]));
        let shown = diagnostics.iter().next().unwrap();
        let span = &shown.message.spans[0];
        assert_eq!(
            (span.file_name.as_str(), span.line_start),
            ("Cargo.toml", 5)
        );
        assert_eq!((span.column_start, span.column_end), (1, 6));
        assert!(diagnostics.sources().get("Cargo.toml").is_some());
    }

    #[test]
    fn a_sentence_without_a_drawing_has_no_place() {
        for text in [
            "",
            "no",
            "x\n --> Cargo.toml:1:1",
            "x\n --> :::\n1 | x",
            "x\n --> a:1:b\n  |\n1 | x",
        ] {
            assert_eq!(
                Diagnostic::cargo(Origin::Cargo, text).message.spans.len(),
                0,
                "{text}"
            );
        }
    }
}
