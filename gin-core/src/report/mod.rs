//! Reports of errors and routes for the dev server that started the app, which shows them as pages.
//!
//! The dev server gives the app a token, in `GIN_REPORT` beside `GIN_DEV=1`, and requests a report by a header with the token. A
//! client without the token gets the usual response. Release builds contain none of this.
//!
//! ```text
//! X-Gin-Report: <token>           a report in place of a problem, for a program
//! X-Gin-Report: <token> page      the same, for a page that a user reads
//! X-Gin-Report: <token> routes    all routes, whatever the path; no handler is run
//! ```
//!
//! A report has the response that every other client gets, as `answer`. With `"view": "answer"` it is about that response, and the
//! dev server passes it on: a rejection that a program reads, and a problem that the app renders itself.

mod circumstances;
mod facts;
mod request;
mod respond;

pub(crate) use request::enable;
pub(crate) use respond::respond;
