//! The proxy's tasks. They have one owner, and end with it.

use std::future::Future;
use std::pin::Pin;

use hyper::rt::Executor;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A handle that starts tasks. [`Running`] owns them.
#[derive(Clone, Debug)]
pub(super) struct Tasks(mpsc::UnboundedSender<Task>);

/// The running tasks. Dropping it ends them.
pub(super) struct Running {
    started: mpsc::UnboundedReceiver<Task>,
    tasks: JoinSet<()>,
}

impl Tasks {
    /// Returns a handle, and the owner of the tasks that it starts.
    pub(super) fn channel() -> (Tasks, Running) {
        let (start, started) = mpsc::unbounded_channel();
        let tasks = JoinSet::new();
        (Tasks(start), Running { started, tasks })
    }

    /// Starts a task.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        // An error means that the owner is gone, and the server with it.
        let _ = self.0.send(Box::pin(task));
    }
}

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Tasks {
    fn execute(&self, task: F) {
        self.spawn(task);
    }
}

impl Running {
    /// Waits until all tasks have ended, including those that they start.
    pub(super) async fn join_all(&mut self) {
        while let Ok(task) = self.started.try_recv() {
            self.tasks.spawn(task);
        }
        while !self.tasks.is_empty() {
            self.advance().await;
        }
    }

    /// Starts a task that was sent, or removes one that has ended.
    pub(super) async fn advance(&mut self) {
        tokio::select! {
            Some(task) = self.started.recv() => {
                self.tasks.spawn(task);
            }
            // A panic ends the connection that the task served, and nothing else.
            Some(_) = self.tasks.join_next() => {}
        }
    }
}
