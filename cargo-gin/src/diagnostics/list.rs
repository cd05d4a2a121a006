//! The diagnostics of a build.

use std::sync::Arc;

use crate::diagnostics::{Diagnostic, Level, Origin};
use crate::source::{Library, Sources};

/// The diagnostics of one build, in the order in which they came.
///
/// A build of broken code can print more than anybody reads. All diagnostics are counted, and the first [`Diagnostics::KEPT`] are
/// kept, up to [`Diagnostics::SHOWN`] and [`Diagnostics::HELD`]. One that is too long is abridged.
#[derive(Clone, Debug, Default)]
pub(crate) struct Diagnostics {
    kept: Vec<Arc<Diagnostic>>,
    /// The length of what is shown of these, in bytes.
    shown: usize,
    /// The length of what is held for those that are abridged.
    held: usize,
    errors: usize,
    warnings: usize,
    sources: Sources,
}

impl Diagnostics {
    /// The number of diagnostics that are kept.
    pub(crate) const KEPT: usize = 200;
    /// The length of what is shown after which no more are kept: 4 MiB.
    const SHOWN: usize = 4 << 20;
    /// The length of the whole texts after which no more are kept: 64 MiB.
    const HELD: usize = 64 << 20;

    /// Adds a diagnostic, unless it only sums up others ("aborting due to 2 previous errors").
    pub(crate) fn push(&mut self, mut diagnostic: Diagnostic) {
        if diagnostic.is_summary() {
            return;
        }
        diagnostic.mask();
        match diagnostic.message.level {
            level if level.is_error() => self.errors += 1,
            Level::Warning => self.warnings += 1,
            _ => {}
        }
        let has_room = self.shown < Self::SHOWN && self.held < Self::HELD;
        if self.kept.len() < Self::KEPT && has_room {
            diagnostic.abridge();
            self.shown += diagnostic.length();
            self.held += diagnostic.whole.as_ref().map_or(0, |whole| whole.len());
            self.kept.push(Arc::new(diagnostic));
        }
    }

    /// Adds a diagnostic of a good build, unless it is known. An error among them, such as a denied lint, becomes a warning.
    pub(crate) fn push_remark(&mut self, mut diagnostic: Diagnostic, library: &Library) {
        diagnostic.mask();
        diagnostic.abridge();
        if self.iter().any(|known| known.repeats(&diagnostic)) {
            return;
        }
        if diagnostic.message.level.is_error() {
            diagnostic.message.level = Level::Warning;
        }
        let kept = self.kept.len();
        self.push(diagnostic);
        if self.kept.len() > kept {
            self.snapshot(library);
        }
    }

    /// Iterates over the kept diagnostics. The position of a diagnostic is its id within the build.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &Diagnostic> {
        self.kept.iter().map(AsRef::as_ref)
    }

    /// Reads the files that the newest diagnostic names, so that pages show them as they were compiled.
    pub(crate) fn snapshot(&mut self, library: &Library) {
        let Some(newest) = self.kept.last_mut() else {
            return;
        };
        if newest.origin == Origin::Cargo && newest.message.spans.is_empty() {
            let requirement = newest.requirement(&mut self.sources, library);
            Arc::make_mut(newest).message.spans.extend(requirement);
        }
        self.sources.read(newest.message.files(), library);
        let named = newest.message.named_files();
        let named = named.iter().map(String::as_str);
        self.sources.read(named, library);
        if newest.origin == Origin::BuildScript {
            Arc::make_mut(newest).widen(&self.sources);
        }
    }

    /// Returns the files as they were at each [`Diagnostics::snapshot`].
    pub(crate) fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Returns the number of errors, kept or not.
    pub(crate) fn errors(&self) -> usize {
        self.errors
    }

    /// Returns the number of warnings, kept or not.
    pub(crate) fn warnings(&self) -> usize {
        self.warnings
    }

    /// Returns the number of diagnostics that were counted but not kept.
    pub(crate) fn omitted(&self) -> usize {
        (self.errors + self.warnings).saturating_sub(self.kept.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diagnostics_beyond_the_limit_are_counted_and_not_kept() {
        let mut diagnostics = Diagnostics::default();
        let vast = "x".repeat(Diagnostics::HELD / 4);
        for _ in 0..10 {
            diagnostics.push(Diagnostic::error(Origin::Cargo, &vast));
        }
        assert_eq!((diagnostics.errors(), diagnostics.iter().len()), (10, 4));
        assert_eq!(diagnostics.omitted(), 6);
    }

    #[test]
    fn the_text_of_all_diagnostics_together_is_bounded() {
        let mut diagnostics = Diagnostics::default();
        let long = "x".repeat(100 << 10);
        for _ in 0..Diagnostics::KEPT {
            diagnostics.push(Diagnostic::error(Origin::Cargo, &long));
        }
        let shown: usize = diagnostics.iter().map(Diagnostic::length).sum();
        assert!(shown < Diagnostics::SHOWN + (1 << 20), "{shown}");
        assert_eq!(diagnostics.errors(), Diagnostics::KEPT);
        assert!(diagnostics.omitted() > 50);
    }

    #[test]
    fn a_missing_dependency_is_shown_at_its_line_in_the_manifest() {
        let directory = tempfile::tempdir().unwrap();
        let manifest =
            "[package]\nname = \"app\"\n\n[dependencies]\nserde = { path = \"../nowhere\" }\n";
        std::fs::write(directory.path().join("Cargo.toml"), manifest).unwrap();
        let text = format!(
            "failed to get `serde` as a dependency of package `app v0.0.0 ({})`",
            directory.path().display()
        );
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(Diagnostic::error(Origin::Cargo, &text));
        diagnostics.snapshot(&Library::new(directory.path(), &[]));
        let shown = diagnostics.iter().next().unwrap();
        let span = &shown.message.spans[0];
        assert_eq!(
            (span.file_name.as_str(), span.line_start),
            ("Cargo.toml", 5)
        );
        assert_eq!((span.column_start, span.column_end), (1, 6));
        assert!(diagnostics.sources().get("Cargo.toml").is_some());
    }
}
