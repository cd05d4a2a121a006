//! Two futures in one task, of which one is rarely woken.
//!
//! A task has one waker. When it is woken it does not know which of its futures has caused that, so `select!` polls them all. Here
//! the side future is a connection's timers and its shutdown signal, and the main one is hyper, which is woken several times for
//! each request. Polling the timers every time would cost more than all else that a request has to note.
//!
//! So the side future is polled with a waker of its own, [`SideWaker`]. It sets a flag and then wakes the task, and the task polls
//! the side future only if the flag is set.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::AcqRel;
use std::task::{Context as Task, Poll, Wake, Waker};

/// Runs `main` to its end, unless `side` completes first: then its output is the error.
///
/// `side` is polled once at the start, and then only when it was woken itself.
pub(crate) async fn with_side_task<T, E>(
    mut main: Pin<&mut impl Future<Output = T>>,
    side: impl Future<Output = E>,
) -> Result<T, E> {
    let mut side = pin!(side);
    let mut side_waker = None;
    poll_fn(|task| {
        if let Poll::Ready(output) = main.as_mut().poll(task) {
            return Poll::Ready(Ok(output));
        }
        let side_waker = SideWaker::of(&mut side_waker, task.waker());
        // Cleared before the poll: a wake-up that comes during it sets the flag again, and the task is polled once more.
        if !side_waker.is_woken.swap(false, AcqRel) {
            return Poll::Pending;
        }
        let waker = Waker::from(side_waker.clone());
        let side = side.as_mut().poll(&mut Task::from_waker(&waker));
        side.map(Err)
    })
    .await
}

/// A waker that notes that it was the side future which woke the task.
struct SideWaker {
    is_woken: AtomicBool,
    task: Waker,
}

impl SideWaker {
    /// Returns the side waker of the task that `waker` wakes.
    ///
    /// If the task is polled with another waker than before, the side future must be polled to register with it. So a new side
    /// waker starts as woken.
    fn of<'a>(side_waker: &'a mut Option<Arc<SideWaker>>, waker: &Waker) -> &'a Arc<SideWaker> {
        if side_waker
            .as_ref()
            .is_some_and(|side_waker| !side_waker.task.will_wake(waker))
        {
            *side_waker = None;
        }
        side_waker.get_or_insert_with(|| {
            Arc::new(SideWaker {
                is_woken: AtomicBool::new(true),
                task: waker.clone(),
            })
        })
    }
}

impl Wake for SideWaker {
    fn wake(self: Arc<Self>) {
        // Set before the task is woken, as it may be polled at once on another thread.
        self.is_woken.swap(true, AcqRel);
        self.task.wake_by_ref();
    }
}
