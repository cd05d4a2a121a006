//! The progress bar on standard error. Without a terminal there is none.

use std::cell::RefCell;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::builder::Observer;
use crate::diagnostics::Diagnostics;
use crate::state::Progress;

/// The progress of the measurement, and the diagnostics of the build under way.
pub(super) struct Bar {
    line: ProgressBar,
    /// The work under way: "linker mold: round 2 of 5".
    work: RefCell<String>,
    diagnostics: RefCell<Vec<String>>,
}

impl Bar {
    pub(super) fn new() -> Bar {
        let line = ProgressBar::new(1);
        // The template is a constant and valid.
        if let Ok(style) =
            ProgressStyle::with_template("{spinner} {elapsed} [{bar:24}] {pos}/{len} {wide_msg}")
        {
            line.set_style(style.progress_chars("=> "));
        }
        line.enable_steady_tick(Duration::from_millis(100));
        Bar {
            line,
            work: RefCell::default(),
            diagnostics: RefCell::default(),
        }
    }

    /// Adds builds to those that are planned.
    pub(super) fn plan(&self, builds: usize) {
        self.line.inc_length(builds as u64);
    }

    /// Takes builds from those that are planned.
    pub(super) fn cancel(&self, builds: usize) {
        self.line.dec_length(builds as u64);
    }

    /// Begins work.
    pub(super) fn begin(&self, work: String) {
        self.diagnostics.borrow_mut().clear();
        self.line.set_message(work.clone());
        self.work.replace(work);
    }

    /// Counts a build.
    pub(super) fn built(&self) {
        self.line.inc(1);
    }

    /// Removes the bar.
    pub(super) fn finish(&self) {
        self.line.finish_and_clear();
    }

    /// Returns the diagnostics of the last build, rendered.
    pub(super) fn diagnostics(&self) -> Vec<String> {
        self.diagnostics.borrow().clone()
    }
}

impl Observer for Bar {
    fn progress(&self, progress: Progress) {
        let work = self.work.borrow();
        let text = match &progress.blocked {
            Some(blocked) => match &blocked.holder {
                Some(holder) => format!("{work}: waiting for {}, held by {holder}", blocked.what),
                None => format!("{work}: waiting for {}", blocked.what),
            },
            None if progress.total > 0 => {
                format!("{work}: {}/{} crates", progress.done, progress.total)
            }
            None => work.clone(),
        };
        self.line.set_message(text);
    }

    fn diagnostics(&self, diagnostics: &Diagnostics) {
        let texts = diagnostics.iter().map(|diagnostic| {
            let message = &diagnostic.message;
            let text = message.rendered.as_ref().unwrap_or(&message.message);
            text.trim_end().to_owned()
        });
        self.diagnostics.replace(texts.collect());
    }
}
