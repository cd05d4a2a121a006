//! Hooks: functions of the app that run when its server has started, and when it has stopped.

use std::fmt;
use std::panic::Location;
use std::time::Duration;

use tokio::time::timeout;
use tracing::{error, warn};

use crate::failure::Error;
use crate::future::BoxFuture;

/// The output of a hook: nothing, or a result.
///
/// ```
/// # use gin::{Server, prelude::*};
/// # let engine = Engine::new(Group::new("")).expect("it is sound");
/// let server = Server::new(engine)
///     .on_start(async || println!("started"))
///     .on_shutdown(async || std::fs::remove_file("/run/shop.lock"));
/// ```
#[diagnostic::on_unimplemented(
    message = "a hook cannot return `{Self}`",
    label = "not the output of a hook",
    note = "a hook returns `()` or a `Result<(), E>`"
)]
pub trait HookOutput {
    /// Converts the output into a result.
    fn into_result(self) -> Result<(), Error>;
}

impl HookOutput for () {
    fn into_result(self) -> Result<(), Error> {
        Ok(())
    }
}

impl<E: Into<Error>> HookOutput for Result<(), E> {
    fn into_result(self) -> Result<(), Error> {
        self.map_err(Into::into)
    }
}

/// The hooks of a server, in the order in which they were added.
#[derive(Debug, Default)]
pub(crate) struct Hooks {
    pub(crate) on_start: Vec<Hook>,
    pub(crate) on_shutdown: Vec<Hook>,
}

/// A function of the app, and the place that adds it.
pub(crate) struct Hook {
    at: &'static Location<'static>,
    run: Box<dyn FnOnce() -> BoxFuture<'static, Result<(), Error>> + Send>,
}

impl Hook {
    #[track_caller]
    pub(crate) fn new<F, R>(hook: impl FnOnce() -> F + Send + 'static) -> Hook
    where
        F: Future<Output = R> + Send + 'static,
        R: HookOutput,
    {
        let at = Location::caller();
        let run = Box::new(move || -> BoxFuture<'static, _> {
            let output = hook();
            Box::pin(async move { output.await.into_result() })
        });
        Hook { at, run }
    }
}

impl Hooks {
    /// Runs the hooks of the start, one after the other. The first one that fails ends the start.
    pub(crate) async fn start(&mut self) -> Result<(), Error> {
        for hook in self.on_start.drain(..) {
            if let Err(cause) = (hook.run)().await {
                error!(
                    "the hook at {} failed, so the server does not start",
                    hook.at
                );
                return Err(cause);
            }
        }
        Ok(())
    }

    /// Runs the hooks of the shutdown, the last one first: what was started last may need what was started before. Together they
    /// have `limit`.
    pub(crate) async fn shut_down(&mut self, limit: Duration) {
        let mut running = None;
        let hooks = async {
            for hook in self.on_shutdown.drain(..).rev() {
                running = Some(hook.at);
                if let Err(cause) = (hook.run)().await {
                    error!("the hook at {} failed: {cause}", hook.at);
                }
            }
        };
        let ended = timeout(limit, hooks).await;
        if let (Err(_), Some(at)) = (ended, running) {
            warn!(
                "the hook at {at} still ran {limit:?} after the requests had ended; it was cut off"
            );
        }
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hook({})", self.at)
    }
}
