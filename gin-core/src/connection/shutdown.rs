//! The word that the server stops, and whoever waits for it.

use tokio::sync::watch;

/// Tells when the server begins to stop.
///
/// A handler whose response never ends by itself, a stream of events for one, ends it then:
///
/// ```
/// # use gin::prelude::*;
/// async fn wait(cx: &mut Context) -> &'static str {
///     let stop = cx.stop();
///     stop.begun().await;
///     "bye"
/// }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Stop(Option<watch::Receiver<bool>>);

impl Stop {
    /// A server that runs, and the means to stop it.
    pub(crate) fn channel() -> (watch::Sender<bool>, Stop) {
        let (sender, receiver) = watch::channel(false);
        (sender, Stop(Some(receiver)))
    }

    /// Whether the server has begun to stop.
    pub fn has_begun(&self) -> bool {
        self.0.as_ref().is_some_and(|stop| *stop.borrow())
    }

    /// Waits until the server begins to stop.
    pub async fn begun(&self) {
        match &self.0 {
            // Without a sender the server is gone, which is as good as stopped.
            Some(stop) => drop(stop.clone().wait_for(|stop| *stop).await),
            None => std::future::pending().await,
        }
    }
}
