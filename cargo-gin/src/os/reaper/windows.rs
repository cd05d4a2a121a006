//! Windows ends a job with whoever holds it, in whichever way that ends: nobody needs to watch.

/// Watches nothing.
#[derive(Debug)]
pub(crate) struct Reaper;

impl Reaper {
    /// There is nothing to start.
    #[expect(
        clippy::unnecessary_wraps,
        reason = "a process is started elsewhere, which can fail"
    )]
    pub(crate) fn start() -> anyhow::Result<Reaper> {
        Ok(Reaper)
    }

    /// A group that its job will end.
    #[expect(clippy::unused_self, reason = "the list is the reaper's elsewhere")]
    pub(crate) fn register(&self, _group: u32) -> Registration {
        Registration
    }

    /// Our own process: the reaper has none.
    #[expect(clippy::unused_self, reason = "the reaper is a process elsewhere")]
    pub(crate) fn group(&self) -> u32 {
        std::process::id()
    }

    /// There is nobody to wait for.
    #[expect(clippy::unused_self, reason = "elsewhere this is the reaper's end")]
    pub(crate) fn finish(self) {}
}

/// A group that its job will end.
#[derive(Debug)]
pub(crate) struct Registration;
