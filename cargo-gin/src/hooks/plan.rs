//! The hooks, as they are known before the first attempt.

use std::path::PathBuf;

use crate::os::line::CommandLine;

/// The time at which a hook runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum When {
    /// Before each run of cargo. If it fails, nothing is built.
    Build,
    /// After a good build, before the app starts. If it fails, the app does not start.
    Start,
    /// Once the app accepts connections. It holds nothing up.
    Ready,
}

impl When {
    pub(crate) const ALL: [When; 3] = [When::Build, When::Start, When::Ready];

    /// Returns its key in the table of hooks.
    pub(crate) fn key(self) -> &'static str {
        match self {
            When::Build => "build",
            When::Start => "start",
            When::Ready => "ready",
        }
    }

    /// Returns the name that its output and notices begin with.
    pub(crate) fn name(self) -> &'static str {
        match self {
            When::Build => "on.build",
            When::Start => "on.start",
            When::Ready => "on.ready",
        }
    }
}

/// A command of the user's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hook {
    pub(crate) when: When,
    /// The command, as it was written.
    pub(crate) text: String,
    pub(crate) line: CommandLine,
    pub(crate) directory: PathBuf,
}

/// All hooks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hooks(pub(super) Vec<Hook>);

impl Hooks {
    /// Returns those that run at this time, in their order.
    pub(crate) fn at(&self, when: When) -> impl Iterator<Item = &Hook> {
        self.0.iter().filter(move |hook| hook.when == when)
    }

    /// Returns `true` if at least one runs at this time.
    pub(crate) fn has(&self, when: When) -> bool {
        self.at(when).next().is_some()
    }
}
