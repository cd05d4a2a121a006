//! The page to try an API, in a browser.

mod app;
mod page;
