//! A panic, caught at the poll it happened in.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, Location};
use std::sync::Once;
use std::{fmt, mem};

use crate::failure::problem::Problem;

#[cfg(debug_assertions)]
use crate::failure::calls::Calls;

/// A panic that was caught.
#[derive(Debug)]
pub(crate) struct Panic {
    pub(crate) message: String,
    pub(crate) place: Option<String>,
    #[cfg(debug_assertions)]
    pub(crate) calls: Option<Calls>,
}

/// Gives what `make` gives or, should it panic, the panic.
pub(crate) fn attempt<T>(make: impl FnOnce() -> T) -> Result<T, Panic> {
    panic::catch_unwind(AssertUnwindSafe(make)).map_err(Panic::from)
}

thread_local! {
    /// Where the last panic of this thread happened: only the hook is told.
    static PLACE: Cell<Option<String>> = const { Cell::new(None) };
}

/// Makes panics remember where they happened, before whatever hook there is.
pub(crate) fn remember_places() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            PLACE.set(info.location().map(Location::to_string));
            #[cfg(debug_assertions)]
            Calls::note();
            hook(info);
        }));
    });
}

impl From<Box<dyn Any + Send>> for Panic {
    fn from(payload: Box<dyn Any + Send>) -> Panic {
        let panic = Panic::of(&*payload);
        if let Err(payload) = panic::catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            // Who panics when it is dropped may do so for ever.
            mem::forget(payload);
        }
        panic
    }
}

impl Panic {
    fn of(payload: &(dyn Any + Send)) -> Panic {
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or(payload.downcast_ref::<String>().map(String::as_str));
        Panic {
            message: text.unwrap_or("a value that is not text").to_owned(),
            place: PLACE.take(),
            #[cfg(debug_assertions)]
            calls: Calls::take(),
        }
    }
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "panicked: {}", self.message)?;
        match &self.place {
            Some(place) => write!(f, " at {place}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Panic {}

impl From<Panic> for Problem {
    fn from(panic: Panic) -> Problem {
        Problem::caused_by(Box::new(panic), Location::caller())
    }
}
