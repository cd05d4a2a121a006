//! The calls that led to a panic: only its hook can still see them.

use std::backtrace::Backtrace;
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::{env, fmt, thread};

use serde_json::{Value, json};

use crate::failure::panic::remember_places;

/// Set once somebody reads the calls: a backtrace costs milliseconds.
static IS_WANTED: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// Those of the last panic of this thread.
    static LAST: Cell<Option<Calls>> = const { Cell::new(None) };
}

/// The calls that led to a panic.
#[derive(Clone)]
pub(crate) struct Calls {
    thread: Option<String>,
    trace: Arc<Backtrace>,
}

impl Calls {
    /// Has the calls of every later panic recorded.
    pub(crate) fn record() {
        IS_WANTED.store(true, Relaxed);
        remember_places();
    }

    /// Takes down the calls that led here, if there is someone to tell.
    pub(crate) fn note() {
        let calls = IS_WANTED.load(Relaxed).then(|| Calls {
            thread: thread::current().name().map(str::to_owned),
            trace: Arc::new(Backtrace::force_capture()),
        });
        LAST.set(calls);
    }

    /// Those that were taken down last on this thread.
    pub(crate) fn take() -> Option<Calls> {
        LAST.take()
    }

    /// The calls as the standard library writes them, and the folder that its names start at.
    pub(crate) fn facts(&self) -> Value {
        let folder = env::current_dir().ok();
        json!({ "thread": self.thread, "folder": folder, "text": self.trace.to_string() })
    }
}

impl fmt::Debug for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Calls")
    }
}
