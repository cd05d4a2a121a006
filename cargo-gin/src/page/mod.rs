//! Phases as pages: what is served in the app's place, as HTML, problem+json, Markdown or text.
//!
//! Everything here is a function of a [`Status`](crate::state::Status) and of [`Exchange`]s: nothing waits, and nothing is read or written.
//! All that is shown was written by others (compiler, dependencies, the app), so HTML is made through
//! `Html` in `html/markup.rs` only, which lets text in escaped and markup in as constants.

mod ansi;
mod answer;
mod exchange;
mod format;
mod html;
mod incident;
mod json;
mod markdown;
mod script;
mod secret;
mod sentence;
mod text;
mod visible;

pub(crate) use answer::{Page, Seen, dashboard, incident, phase, problem, render, request};
pub(crate) use exchange::{Content, Exchange, Fields, Replay, Whole};
pub(crate) use format::{Format, is_navigation};
pub(crate) use json::{event, history_json, status_json};
pub(crate) use script::script;
pub(crate) use secret::{MASK, is_secret, mask};
pub(crate) use sentence::wrong_port;
#[cfg(fuzzing)]
pub(crate) use {ansi::strip, html::output};

#[cfg(test)]
mod incidents;
#[cfg(test)]
mod lossless;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod snapshots;
