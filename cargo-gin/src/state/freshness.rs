//! Freshness: the wait of a request for the changes before it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::state::change::Event;

/// A proof that the phase reflects every change, which is found without waiting.
pub(crate) trait Proof: fmt::Debug + Send + Sync {
    /// Returns `true` if every change made before the call has been sent to the loop. `false` shows nothing.
    fn holds(&self) -> bool;
}

/// Waits until every change made so far is reflected in the phase.
///
/// The kernel queues file events, so a request can overtake the event of the save before it. Nothing trusts the phase
/// `ready` before it has waited here.
#[derive(Clone, Debug)]
pub(crate) struct Freshness {
    barrier_tx: mpsc::Sender<oneshot::Sender<()>>,
    /// Takes the notice of a barrier that is overdue.
    event_tx: mpsc::Sender<Event>,
    /// `true` while a barrier is overdue.
    is_stuck: Arc<AtomicBool>,
    proof: Option<Arc<dyn Proof>>,
}

impl Freshness {
    /// The longest time that a file system may take to show the state of the files. After that requests do not wait for it.
    const TIMEOUT: Duration = Duration::from_secs(5);

    /// Returns the half that waits, and the watcher's half, which responds. Notices are dropped.
    pub(crate) fn channel() -> (Freshness, mpsc::Receiver<oneshot::Sender<()>>) {
        let (barrier_tx, barrier_rx) = mpsc::channel(64);
        let (event_tx, _) = mpsc::channel(1);
        let freshness = Freshness {
            barrier_tx,
            event_tx,
            is_stuck: Arc::default(),
            proof: None,
        };
        (freshness, barrier_rx)
    }

    /// Returns one that never waits, for requests that no change concerns.
    pub(crate) fn unneeded() -> Freshness {
        let (freshness, _) = Freshness::channel();
        freshness
    }

    /// Sends its notices to `event_tx`.
    pub(crate) fn with_notices(self, event_tx: mpsc::Sender<Event>) -> Freshness {
        Freshness { event_tx, ..self }
    }

    /// Waits for no barrier where this holds.
    pub(crate) fn with_proof(self, proof: impl Proof + 'static) -> Freshness {
        Freshness {
            proof: Some(Arc::new(proof)),
            ..self
        }
    }

    /// Waits until every change made before the call is reflected in the phase.
    ///
    /// A file system that hangs is waited for once. Until it responds, later calls return at once.
    pub(crate) async fn reached(&self) {
        if self.is_stuck.load(Ordering::Relaxed) || self.is_proven() {
            return;
        }
        let (done, mut reached) = oneshot::channel();
        if self.barrier_tx.send(done).await.is_err() {
            // The watcher is gone, and with it the whole dev server.
            return;
        }
        if timeout(Self::TIMEOUT, &mut reached).await.is_err() {
            self.wait_out(reached);
        }
    }

    fn is_proven(&self) -> bool {
        // The loop runs on the same thread, and changes the phase before it waits again. So what it has received has taken effect.
        let is_received = || self.event_tx.capacity() == self.event_tx.max_capacity();
        let proof = self.proof.as_ref();
        proof.is_some_and(|proof| proof.holds()) && is_received()
    }

    /// Shows that a barrier is overdue, and the end of that.
    fn wait_out(&self, reached: oneshot::Receiver<()>) {
        if self.is_stuck.swap(true, Ordering::Relaxed) {
            return;
        }
        self.notice(
            "the file system does not respond; until it does, responses may be older than the files",
        );
        let freshness = self.clone();
        tokio::spawn(async move {
            // An error means that the dev server ends.
            if reached.await.is_ok() {
                freshness.is_stuck.store(false, Ordering::Relaxed);
                freshness.notice("the file system responds again");
            }
        });
    }

    fn notice(&self, text: &str) {
        // A full queue means that the loop is waiting, too, and shows nothing.
        let _ = self.event_tx.try_send(Event::Notice(text.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_file_system_that_hangs_is_waited_for_once_and_reported() {
        let (freshness, mut barrier_rx) = Freshness::channel();
        let (event_tx, mut event_rx) = mpsc::channel(8);
        let freshness = freshness.with_notices(event_tx);
        let mut notice = async || match event_rx.recv().await {
            Some(Event::Notice(text)) => text,
            event => panic!("{event:?}"),
        };
        tokio::join!(freshness.reached(), freshness.reached());
        let [first, second] = [barrier_rx.recv().await, barrier_rx.recv().await];
        assert!(notice().await.contains("does not respond"));
        freshness.reached().await;
        assert!(barrier_rx.try_recv().is_err(), "nothing is requested again");
        for barrier in [first, second] {
            let _ = barrier.unwrap().send(());
        }
        assert_eq!(notice().await, "the file system responds again");
        let respond = async { barrier_rx.recv().await.unwrap().send(()) };
        let ((), responded) = tokio::join!(freshness.reached(), respond);
        assert!(responded.is_ok(), "it is waited for again");
    }

    #[derive(Debug)]
    struct Always;

    impl Proof for Always {
        fn holds(&self) -> bool {
            true
        }
    }

    #[tokio::test]
    async fn a_proof_needs_no_barrier_once_the_loop_has_received_everything() {
        let (freshness, mut barrier_rx) = Freshness::channel();
        let (event_tx, mut event_rx) = mpsc::channel(8);
        let freshness = freshness.with_notices(event_tx.clone()).with_proof(Always);
        freshness.reached().await;
        assert!(barrier_rx.try_recv().is_err(), "nothing is requested");
        event_tx.try_send(Event::Notice(String::new())).unwrap();
        let respond = async { barrier_rx.recv().await.unwrap().send(()) };
        let ((), responded) = tokio::join!(freshness.reached(), respond);
        assert!(responded.is_ok(), "a change may be among the events");
        event_rx.recv().await.unwrap();
        freshness.reached().await;
        assert!(barrier_rx.try_recv().is_err());
    }
}
