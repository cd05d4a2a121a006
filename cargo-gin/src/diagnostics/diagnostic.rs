//! A diagnostic, in rustc's JSON format.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::diagnostics::culprit::Culprit;
use crate::diagnostics::span::Span;
use crate::diagnostics::undefined::undefined;
use crate::source::{Library, Sources};

/// A message of rustc, the linker, cargo or cargo gin, and its context.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Diagnostic {
    /// The program that reported it.
    pub(crate) origin: Origin,
    /// The crate that was compiled, or that cargo names. Empty if cargo names none.
    pub(crate) package: String,
    #[serde(flatten)]
    pub(crate) message: Message,
    /// The text as it was printed, if `message` is abridged.
    #[serde(skip)]
    pub(crate) whole: Option<Arc<str>>,
}

impl Diagnostic {
    /// Makes a diagnostic of a message.
    pub(crate) fn new(origin: Origin, package: &str, message: Message) -> Diagnostic {
        Diagnostic {
            origin,
            package: package.to_owned(),
            message,
            whole: None,
        }
    }

    /// Makes an error of cargo, a build script or cargo gin.
    pub(crate) fn error(origin: Origin, text: &str) -> Diagnostic {
        Diagnostic::of_text(origin, Level::Error, &format!("error: {text}\n"), text)
    }

    /// Makes a warning of cargo or a build script.
    pub(crate) fn warning(origin: Origin, text: &str) -> Diagnostic {
        Diagnostic::of_text(origin, Level::Warning, &format!("warning: {text}\n"), text)
    }

    /// Makes a diagnostic that was printed as `rendered`, which is `text` after its level.
    fn of_text(origin: Origin, level: Level, rendered: &str, text: &str) -> Diagnostic {
        let (package, statement) = remark_of_script(text).unwrap_or(("", text));
        let (title, _) = statement.split_once('\n').unwrap_or((statement, ""));
        let place = match origin {
            Origin::BuildScript => Span::panicked(text),
            _ => Span::drawn(text),
        };
        let message = Message {
            message: title.to_owned(),
            code: None,
            level,
            spans: place.into_iter().collect(),
            children: Vec::new(),
            rendered: Some(rendered.to_owned()),
        };
        let origin = if package.is_empty() {
            origin
        } else {
            Origin::BuildScript
        };
        Diagnostic::new(origin, package, message)
    }

    /// Makes a diagnostic of a failed hook and its output.
    pub(crate) fn hook(headline: &str, output: &str) -> Diagnostic {
        let message = Message {
            message: headline.to_owned(),
            code: None,
            level: Level::Error,
            spans: Vec::new(),
            children: Vec::new(),
            rendered: Some(format!("error: {headline}\n{output}")),
        };
        Diagnostic::new(Origin::Hook, "", message)
    }

    /// Returns the whole text as it was printed.
    pub(crate) fn printed(&self) -> &str {
        let shown = || self.message.rendered.as_deref();
        self.whole.as_deref().or_else(shown).unwrap_or_default()
    }

    /// Returns `true` if both say the same about the same places.
    pub(super) fn repeats(&self, other: &Diagnostic) -> bool {
        let places = |diagnostic: &Diagnostic| {
            let spans = diagnostic.message.spans.iter();
            let place = |span: &Span| (span.file_name.clone(), span.byte_start, span.byte_end);
            spans.map(place).collect::<Vec<_>>()
        };
        self.message.message == other.message.message && places(self) == places(other)
    }

    /// Finds the place where a manifest requires the dependency that the message is about.
    pub(super) fn requirement(&self, sources: &mut Sources, library: &Library) -> Option<Span> {
        let culprit = Culprit::of(self.message.rendered.as_deref()?)?;
        let name = library.name(&culprit.manifest);
        sources.read([name.as_str()], library);
        let manifest = sources.get(&name)?;
        let (line, columns) = culprit.place(manifest)?;
        let mut span = Span::at(name, line, columns.start);
        span.column_end = columns.end;
        Some(span)
    }

    /// Extends each span to the end of its word: a panic reports only the start.
    pub(super) fn widen(&mut self, sources: &Sources) {
        for span in &mut self.message.spans {
            if let Some(source) = sources.get(&span.file_name) {
                span.column_end = source.word_end(span.line_start, span.column_start);
            }
        }
    }

    pub(super) fn is_summary(&self) -> bool {
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

/// Splits the line that cargo prints for a `cargo::warning=` or `cargo::error=` of a build script: `app@0.1.0: no git here`.
fn remark_of_script(text: &str) -> Option<(&str, &str)> {
    let (package, remark) = text.split_once(": ")?;
    let (name, version) = package.split_once('@')?;
    let is_name = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let is_named = !name.is_empty() && name.chars().all(is_name);
    let is_version = version.starts_with(|c: char| c.is_ascii_digit());
    (is_named && is_version).then_some((name, remark))
}

/// The program that reported a diagnostic. Each has its own layout on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Origin {
    /// rustc, about a crate's source.
    Rustc,
    /// The linker, through rustc.
    Linker,
    /// A crate's failed build script.
    BuildScript,
    /// cargo, about a manifest, the resolution of dependencies, or the machine.
    Cargo,
    /// A command of the user's that runs before the build or the app.
    Hook,
    /// cargo gin, about its options or a `.env` file.
    Gin,
}

/// A message in rustc's JSON format. Unknown fields are ignored and unknown levels are accepted, so newer compilers work.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the name in rustc's JSON")]
pub(crate) struct Message {
    /// The message itself, without places.
    pub(crate) message: String,
    #[serde(default)]
    pub(crate) code: Option<Code>,
    pub(crate) level: Level,
    /// The places it is about, including those of macro expansions.
    #[serde(default)]
    pub(crate) spans: Vec<Span>,
    /// Notes, helps and suggestions.
    #[serde(default)]
    pub(crate) children: Vec<Message>,
    /// rustc's own rendering, with ANSI colors.
    #[serde(default)]
    pub(crate) rendered: Option<String>,
}

impl Message {
    /// Returns the files of all its spans.
    pub(crate) fn files(&self) -> Vec<&str> {
        let own = self.spans.iter().flat_map(Span::chain);
        let nested = self.children.iter().flat_map(Message::files);
        own.map(|span| span.file_name.as_str())
            .chain(nested)
            .collect()
    }

    /// Returns the files that its texts name: the types that are too long to be printed, and the lines that use undefined symbols.
    pub(super) fn named_files(&self) -> Vec<String> {
        let notes = self.children.iter();
        let types = notes.clone().filter_map(Message::long_type);
        let used = notes
            .flat_map(|note| undefined(&note.message))
            .flat_map(|symbol| symbol.uses)
            .map(|place| place.file);
        types.map(str::to_owned).chain(used).collect()
    }

    /// Returns the file to which rustc has written a type that is too long for the message, if this is the note that names it.
    pub(crate) fn long_type(&self) -> Option<&str> {
        let (_, rest) = self.message.split_once("written to '")?;
        let (file, _) = rest.rsplit_once('\'')?;
        let is_type = file.contains(".long-type-");
        is_type.then_some(file)
    }
}

/// An error code or the name of a lint.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Code {
    /// `E0308`, `unused_variables`, `clippy::all`.
    pub(crate) code: String,
    /// The text of `rustc --explain`, for error codes.
    #[serde(default)]
    pub(crate) explanation: Option<String>,
}

/// The severity of a message.
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
    /// A remark of rustc about the whole build, such as "some errors have detailed explanations".
    FailureNote,
    /// Additional information about a message.
    Note,
    /// Advice.
    Help,
    /// A level that this version does not know.
    #[serde(other)]
    Other,
}

impl Level {
    /// Returns `true` if the code does not compile.
    pub(crate) fn is_error(self) -> bool {
        matches!(self, Level::Ice | Level::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_that_cargo_draws_is_found() {
        let text = "duplicate key\n --> app/Cargo.toml:12:3\n   |\n12 |   serde = \"1\"\n   |   ^^^^^ twice\n";
        let diagnostic = Diagnostic::error(Origin::Cargo, text);
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
    fn the_span_of_a_failed_build_script_is_its_panic() {
        let panicked = |message: &str| {
            format!(
                "failed\n\nCaused by:\n  --- stderr\n\n  thread 'main' (7) panicked at build.rs:2:5:\n{message}\n  note: run"
            )
        };
        for (message, label) in [
            ("  no protocol", Some("no protocol")),
            ("  two\n  lines", None),
        ] {
            let diagnostic = Diagnostic::error(Origin::BuildScript, &panicked(message));
            let [span] = diagnostic.message.spans.as_slice() else {
                panic!("{diagnostic:?}");
            };
            assert_eq!((span.file_name.as_str(), span.line_start), ("build.rs", 2));
            assert_eq!(span.label.as_deref(), label);
        }
    }

    #[test]
    fn the_level_is_the_one_that_is_printed() {
        for (made, level, rendered) in [
            (
                Diagnostic::error(Origin::Cargo, "no"),
                Level::Error,
                "error: no\n",
            ),
            (
                Diagnostic::warning(Origin::Cargo, "no"),
                Level::Warning,
                "warning: no\n",
            ),
        ] {
            assert_eq!(made.message.level, level);
            assert_eq!(made.message.rendered.as_deref(), Some(rendered));
        }
    }

    #[test]
    fn a_warning_of_a_build_script_names_its_package() {
        for (text, origin, package, message) in [
            (
                "my-app@0.1.0: no git here: none",
                Origin::BuildScript,
                "my-app",
                "no git here: none",
            ),
            (
                "unused manifest key: x@1",
                Origin::Cargo,
                "",
                "unused manifest key: x@1",
            ),
            ("a b@1: c", Origin::Cargo, "", "a b@1: c"),
            ("@1: c", Origin::Cargo, "", "@1: c"),
        ] {
            let warning = Diagnostic::warning(Origin::Cargo, text);
            assert_eq!(
                (warning.origin, warning.package.as_str()),
                (origin, package)
            );
            assert_eq!(warning.message.message, message);
            assert_eq!(warning.message.rendered, Some(format!("warning: {text}\n")));
        }
    }

    #[test]
    fn a_message_without_a_drawing_has_no_span() {
        for text in [
            "",
            "no",
            "x\n --> Cargo.toml:1:1",
            "x\n --> :::\n1 | x",
            "x\n --> a:1:b\n  |\n1 | x",
        ] {
            assert_eq!(
                Diagnostic::error(Origin::Cargo, text).message.spans.len(),
                0,
                "{text}"
            );
        }
    }
}
