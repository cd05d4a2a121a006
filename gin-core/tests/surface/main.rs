//! The surface of responses and errors, through the client of `gin::testing`.

mod errors;
mod responses;
