//! The surface of responses and errors, through the client of `gin::testing`.

mod checks;
mod client;
mod errors;
mod json;
mod paths;
mod responses;
