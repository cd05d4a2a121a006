//! A place for one value, through which a function hands over what it writes while it is sent.

use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context as Task, Poll, Waker};

/// Creates the two sides of a place for one value.
///
/// A channel would wake its receiver for each value. Here the receiver usually polls the sender in its own task and looks for a value
/// right after that, so that the wake-up would only poll the whole connection once more.
pub(crate) fn handoff<T>() -> (Giver<T>, Taker<T>) {
    let place = Arc::new(Mutex::new(Place {
        value: None,
        taker: None,
        givers: Vec::new(),
        is_open: true,
    }));
    (Giver(place.clone()), Taker(place))
}

struct Place<T> {
    value: Option<T>,
    /// The task that waits for a value.
    taker: Option<Waker>,
    /// The tasks that wait for the place to be free.
    givers: Vec<Waker>,
    /// Both sides are there.
    is_open: bool,
}

/// The side that hands values over.
pub(crate) struct Giver<T>(Arc<Mutex<Place<T>>>);

/// The side that takes the values.
pub(crate) struct Taker<T>(Arc<Mutex<Place<T>>>);

/// The error of handing over a value that nothing takes any more.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Gone;

impl<T> Giver<T> {
    /// Hands a value over. Waits until the one before is taken.
    pub(crate) async fn give(&self, value: T) -> Result<(), Gone> {
        let mut value = Some(value);
        poll_fn(|task| self.poll_give(&mut value, task)).await
    }

    fn poll_give(&self, value: &mut Option<T>, task: &mut Task<'_>) -> Poll<Result<(), Gone>> {
        let mut place = lock(&self.0);
        if !place.is_open {
            return Poll::Ready(Err(Gone));
        }
        if place.value.is_some() {
            if !place
                .givers
                .iter()
                .any(|giver| giver.will_wake(task.waker()))
            {
                place.givers.push(task.waker().clone());
            }
            return Poll::Pending;
        }
        place.value = value.take();
        let taker = place.taker.take();
        drop(place);
        taker.into_iter().for_each(Waker::wake);
        Poll::Ready(Ok(()))
    }
}

impl<T> Taker<T> {
    /// Forgets the task that waits, because it polls the giver and then looks for a value again.
    pub(crate) fn stop_waiting(&self) {
        lock(&self.0).taker = None;
    }

    /// Takes the value that was handed over. Returns `None` when there is nothing more to come.
    ///
    /// A giver in the same task is not woken: it is polled when the taker is polled for the next value.
    pub(crate) fn poll_take(&self, task: &mut Task<'_>) -> Poll<Option<T>> {
        let mut place = lock(&self.0);
        let Some(value) = place.value.take() else {
            if !place.is_open {
                return Poll::Ready(None);
            }
            place.taker = Some(task.waker().clone());
            return Poll::Pending;
        };
        let givers = std::mem::take(&mut place.givers);
        drop(place);
        let others = givers
            .into_iter()
            .filter(|giver| !giver.will_wake(task.waker()));
        others.for_each(Waker::wake);
        Poll::Ready(Some(value))
    }
}

impl<T> Drop for Giver<T> {
    fn drop(&mut self) {
        let mut place = lock(&self.0);
        place.is_open = false;
        let taker = place.taker.take();
        drop(place);
        taker.into_iter().for_each(Waker::wake);
    }
}

impl<T> Drop for Taker<T> {
    fn drop(&mut self) {
        let mut place = lock(&self.0);
        place.is_open = false;
        let givers = std::mem::take(&mut place.givers);
        drop(place);
        givers.into_iter().for_each(Waker::wake);
    }
}

impl<T> fmt::Debug for Giver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Giver")
    }
}

/// The place is consistent after each step, also one that panicked.
fn lock<T>(place: &Mutex<Place<T>>) -> MutexGuard<'_, Place<T>> {
    place.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[expect(clippy::similar_names, reason = "both sides do the same")]
mod tests {
    use std::pin::pin;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
    use std::task::{Context as Task, Poll, Wake, Waker};

    use super::{Gone, handoff};

    #[derive(Default)]
    struct Wakes(AtomicU32);

    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Relaxed);
        }
    }

    fn task() -> (Arc<Wakes>, Waker) {
        let wakes = Arc::new(Wakes::default());
        (wakes.clone(), Waker::from(wakes))
    }

    #[test]
    fn values_of_the_own_task_come_in_order_and_wake_nothing() {
        let (wakes, waker) = task();
        let mut task = Task::from_waker(&waker);
        let (giver, taker) = handoff();
        let mut write = pin!(async move {
            for number in 0..3 {
                giver.give(number).await.expect("it is taken");
            }
        });
        assert!(taker.poll_take(&mut task).is_pending());
        for number in 0..3 {
            taker.stop_waiting();
            let is_written = write.as_mut().poll(&mut task).is_ready();
            assert_eq!(is_written, number == 2);
            assert_eq!(taker.poll_take(&mut task), Poll::Ready(Some(number)));
        }
        assert_eq!(wakes.0.load(Relaxed), 0);
    }

    #[test]
    fn sides_in_two_tasks_wake_each_other() {
        let (given, giver_waker) = task();
        let (taken, taker_waker) = task();
        let mut giver_task = Task::from_waker(&giver_waker);
        let mut taker_task = Task::from_waker(&taker_waker);
        let (giver, taker) = handoff();
        assert!(taker.poll_take(&mut taker_task).is_pending());
        assert_eq!(
            giver.poll_give(&mut Some(1), &mut giver_task),
            Poll::Ready(Ok(()))
        );
        assert_eq!(taken.0.load(Relaxed), 1);
        let mut second = Some(2);
        assert!(giver.poll_give(&mut second, &mut giver_task).is_pending());
        assert_eq!(taker.poll_take(&mut taker_task), Poll::Ready(Some(1)));
        assert_eq!(given.0.load(Relaxed), 1);
        assert_eq!(
            giver.poll_give(&mut second, &mut giver_task),
            Poll::Ready(Ok(()))
        );
        drop(giver);
        assert_eq!(taker.poll_take(&mut taker_task), Poll::Ready(Some(2)));
        assert_eq!(taker.poll_take(&mut taker_task), Poll::Ready(None));
    }

    #[test]
    fn the_end_of_a_side_wakes_the_other() {
        let (wakes, waker) = task();
        let mut task = Task::from_waker(&waker);
        let (giver, taker) = handoff::<u8>();
        assert!(taker.poll_take(&mut task).is_pending());
        drop(giver);
        assert_eq!(wakes.0.load(Relaxed), 1);

        let (giver, taker) = handoff();
        assert_eq!(
            giver.poll_give(&mut Some(1), &mut task),
            Poll::Ready(Ok(()))
        );
        let mut second = Some(2);
        assert!(giver.poll_give(&mut second, &mut task).is_pending());
        drop(taker);
        assert_eq!(wakes.0.load(Relaxed), 2);
        assert_eq!(
            giver.poll_give(&mut second, &mut task),
            Poll::Ready(Err(Gone))
        );
    }
}
