//! Phases as pages: what is served in the app's place, as HTML, problem+json, Markdown or text.
//!
//! Everything here is a function of a [`Status`](crate::state::Status) and of [`Exchange`]s: nothing waits, and nothing is read or written.
//! All that is shown was written by others (compiler, dependencies, the app), so HTML is made through
//! `Html` in `html/markup.rs` only, which lets text in escaped and markup in as constants.

mod answer;
mod assets;
mod exchange;
mod format;
mod formats;
mod html;
mod seen;
mod words;

pub(crate) use answer::{Page, dashboard, incident, phase, problem, render, request};
pub(crate) use assets::script::script;
pub(crate) use exchange::{Exchange, Fields, FullExchange, RecordedBody, Replay};
pub(crate) use format::{Format, is_navigation};
pub(crate) use formats::json::{event, history_json, status_json};
pub(crate) use seen::Seen;
pub(crate) use words::secret::{MASK, is_secret, mask};
pub(crate) use words::sentence::wrong_port;

#[cfg(test)]
mod tests;
