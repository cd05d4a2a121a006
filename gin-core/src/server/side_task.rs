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
pub(crate) async fn beside<T, E>(
    mut main: Pin<&mut impl Future<Output = T>>,
    side: impl Future<Output = E>,
) -> Result<T, E> {
    let mut side = pin!(side);
    let mut alarm = None;
    poll_fn(|task| {
        if let Poll::Ready(output) = main.as_mut().poll(task) {
            return Poll::Ready(Ok(output));
        }
        let alarm = Alarm::of(&mut alarm, task.waker());
        if !alarm.rang.swap(false, AcqRel) {
            return Poll::Pending;
        }
        let waker = Waker::from(alarm.clone());
        let side = side.as_mut().poll(&mut Task::from_waker(&waker));
        side.map(Err)
    })
    .await
}

/// Wakes a task, and tells it why.
struct Alarm {
    rang: AtomicBool,
    task: Waker,
}

impl Alarm {
    /// The alarm of the task that `waker` wakes. A new one has rung: no one has looked yet.
    fn of<'a>(alarm: &'a mut Option<Arc<Alarm>>, waker: &Waker) -> &'a Arc<Alarm> {
        if alarm
            .as_ref()
            .is_some_and(|alarm| !alarm.task.will_wake(waker))
        {
            *alarm = None;
        }
        alarm.get_or_insert_with(|| {
            Arc::new(Alarm {
                rang: AtomicBool::new(true),
                task: waker.clone(),
            })
        })
    }
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.rang.swap(true, AcqRel);
        self.task.wake_by_ref();
    }
}
