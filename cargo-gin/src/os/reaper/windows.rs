//! Windows ends a job when its last handle is closed, so no other process is needed.

/// Watches nothing.
#[derive(Debug)]
pub(crate) struct Reaper;

impl Reaper {
    /// Starts nothing.
    #[expect(
        clippy::unnecessary_wraps,
        reason = "a process is started elsewhere, which can fail"
    )]
    pub(crate) fn start() -> anyhow::Result<Reaper> {
        Ok(Reaper)
    }

    /// Announces nothing: closing a job's handle ends its processes.
    #[expect(clippy::unused_self, reason = "elsewhere the reaper is informed")]
    pub(crate) fn announce(&self, _command: &mut tokio::process::Command) -> Announcement {
        Announcement
    }

    /// Does nothing: a job has all descendants of its process.
    #[expect(clippy::unused_self, reason = "elsewhere the mark is the reaper's")]
    pub(crate) fn mark(&self, _command: &mut tokio::process::Command) {}

    /// Returns no group: the reaper has no process, and jobs need no list.
    #[expect(clippy::unused_self, reason = "the reaper is a process elsewhere")]
    pub(crate) fn groups(&self) -> Vec<u32> {
        Vec::new()
    }

    /// Does nothing: there is no process to wait for.
    #[expect(clippy::unused_self, reason = "elsewhere this is the reaper's end")]
    pub(crate) fn finish(self) {}
}

/// A process that is being started.
#[derive(Debug)]
pub(crate) struct Announcement;

impl Announcement {
    /// Returns the registration of a group that its job will end.
    #[expect(clippy::unused_self, reason = "the list is the reaper's elsewhere")]
    pub(crate) fn register(self, _group: u32) -> Registration {
        Registration
    }
}

/// A group that its job will end.
#[derive(Debug)]
pub(crate) struct Registration;
