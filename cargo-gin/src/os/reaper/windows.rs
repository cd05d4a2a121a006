//! Windows ends a job with whoever holds it, in whichever way that ends: nobody needs to watch.

/// Watches nothing.
#[derive(Debug)]
pub(crate) struct Guard;

impl Guard {
    /// There is nothing to start.
    #[expect(
        clippy::unnecessary_wraps,
        reason = "a process is started elsewhere, which can fail"
    )]
    pub(crate) fn start() -> anyhow::Result<Guard> {
        Ok(Guard)
    }

    /// A group that its job will end.
    #[expect(clippy::unused_self, reason = "the list is the guard's elsewhere")]
    pub(crate) fn watch(&self, _group: u32) -> Guarded {
        Guarded
    }

    /// Our own process: the guard has none.
    #[expect(clippy::unused_self, reason = "the guard is a process elsewhere")]
    pub(crate) fn group(&self) -> u32 {
        std::process::id()
    }

    /// There is nobody to wait for.
    #[expect(clippy::unused_self, reason = "elsewhere this is the guard's end")]
    pub(crate) fn finish(self) {}
}

/// A group that its job will end.
#[derive(Debug)]
pub(crate) struct Guarded;
