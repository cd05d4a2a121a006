//! The tasks of a run. They have one owner, and end with it.

use std::future::Future;
use std::pin::Pin;

use hyper::rt::Executor;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Starts tasks that [`Running`] owns.
#[derive(Clone, Debug)]
pub(super) struct Tasks(mpsc::UnboundedSender<Task>);

/// The tasks that run. Dropping it ends them.
pub(super) struct Running {
    started: mpsc::UnboundedReceiver<Task>,
    tasks: JoinSet<()>,
}

impl Tasks {
    /// No tasks yet, and the door for them.
    pub(super) fn channel() -> (Tasks, Running) {
        let (start, started) = mpsc::unbounded_channel();
        let tasks = JoinSet::new();
        (Tasks(start), Running { started, tasks })
    }

    /// Starts a task.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        // Without an owner there is nobody to run it for.
        let _ = self.0.send(Box::pin(task));
    }
}

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Tasks {
    fn execute(&self, task: F) {
        self.spawn(task);
    }
}

impl Running {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Waits until all have ended, those too that they start.
    pub(super) async fn end(&mut self) {
        while let Ok(task) = self.started.try_recv() {
            self.tasks.spawn(task);
        }
        while !self.tasks.is_empty() {
            self.turn().await;
        }
    }

    /// Starts a task that was sent, or takes away one that has ended.
    pub(super) async fn turn(&mut self) {
        tokio::select! {
            Some(task) = self.started.recv() => {
                self.tasks.spawn(task);
            }
            // A task that panicked has cost its own connection, and nothing else.
            Some(_) = self.tasks.join_next() => {}
        }
    }
}
