//! What went wrong in the app, told to the dev server that started it, which makes a page of it.
//!
//! The dev server gives the app a token, `GIN_REPORT` beside `GIN_DEV=1`, and asks by a header that bears it; whoever does not
//! know the token gets what everyone gets. A release build has nothing of this.
//!
//! ```text
//! X-Gin-Report: <token>           a problem that the app has no words of its own for comes as a report
//! X-Gin-Report: <token> page      the same, and a 5xx also where `on_error` has words for it
//! X-Gin-Report: <token> routes    whatever the path: all routes, and nothing of the app is run
//! ```

mod answer;
mod ask;
mod facts;

pub(crate) use answer::answer;
pub(crate) use ask::listen;
