//! End-to-end tests of `cargo gin`, through its command line, HTTP, and a browser.

mod broken;
mod cancelling;
mod crashes;
mod dashboard;
mod edge_cases;
mod editor;
mod edits;
mod environment;
mod frameworks;
mod freshness;
mod jobs;
mod keys;
mod loops;
mod never_stale;
mod new;
mod options;
mod pages;
mod readiness;
mod reload;
mod reports;
mod shutdown;
mod site;
mod startup;
mod startup_errors;
mod streams;
mod terminal;
