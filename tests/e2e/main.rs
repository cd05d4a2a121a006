//! The end-to-end tests: one binary, through the user's own door.

mod frameworks;
mod freshness;
