//! Two futures in one task, of which one is hardly ever woken.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::AcqRel;
use std::task::{Context as Task, Poll, Wake, Waker};

/// Runs `main` to its end, unless `side` is over first: then its output is the error.
///
/// `side` is polled only when it asked for it, so that what it watches costs nothing each time that `main` is woken.
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
        if !side_waker.is_woken.swap(false, AcqRel) {
            return Poll::Pending;
        }
        let waker = Waker::from(side_waker.clone());
        let side = side.as_mut().poll(&mut Task::from_waker(&waker));
        side.map(Err)
    })
    .await
}

/// Wakes a task, and tells it why.
struct SideWaker {
    is_woken: AtomicBool,
    task: Waker,
}

impl SideWaker {
    /// The waker of the task that `waker` wakes. A new one has rung: no one has looked yet.
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
        self.is_woken.swap(true, AcqRel);
        self.task.wake_by_ref();
    }
}
