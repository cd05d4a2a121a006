//! Reports of errors and routes for the dev server that started the app, which shows them as pages.
//!
//! The dev server gives the app a token, in `GIN_REPORT` beside `GIN_DEV=1`, and requests a report by a header with the token. A
//! client without the token gets the usual response. Release builds contain none of this.
//!
//! ```text
//! X-Gin-Report: <token>           a report in place of a problem that `on_error` does not render
//! X-Gin-Report: <token> page      the same, and also in place of any 5xx
//! X-Gin-Report: <token> routes    all routes, whatever the path; no handler is run
//! ```

mod facts;
mod request;
mod respond;

pub(crate) use request::enable;
pub(crate) use respond::respond;
