//! The calls that led to a panic. Only the panic hook can capture them: later the stack is unwound.

use std::backtrace::Backtrace;
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::{env, fmt, thread};

use serde_json::{Value, json};

use crate::failure::panic::install_panic_hook;

/// Set if the dev server reads the calls. Otherwise none are captured, as a backtrace costs milliseconds.
static IS_ENABLED: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// The calls of the last panic of this thread.
    static LAST: Cell<Option<Calls>> = const { Cell::new(None) };
}

/// The calls that led to a panic.
#[derive(Clone)]
pub(crate) struct Calls {
    thread: Option<String>,
    trace: Arc<Backtrace>,
}

impl Calls {
    /// Captures the calls of every panic from now on.
    pub(crate) fn enable() {
        IS_ENABLED.store(true, Relaxed);
        install_panic_hook();
    }

    /// Captures the calls that led here, if that is enabled.
    pub(crate) fn capture() {
        let calls = IS_ENABLED.load(Relaxed).then(|| Calls {
            thread: thread::current().name().map(str::to_owned),
            trace: Arc::new(Backtrace::force_capture()),
        });
        LAST.set(calls);
    }

    /// Takes the calls that were captured last on this thread.
    pub(crate) fn take() -> Option<Calls> {
        LAST.take()
    }

    /// Returns the calls as the standard library prints them, and the directory that its paths are relative to.
    pub(crate) fn to_json(&self) -> Value {
        let directory = env::current_dir().ok();
        json!({ "thread": self.thread, "folder": directory, "text": self.trace.to_string() })
    }
}

impl fmt::Debug for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Calls")
    }
}
