//! The pages that are served instead of the app's responses, and at `/__gin/`: as HTML, problem+json, Markdown or text.
//!
//! [`answer`] turns a [`Status`](crate::state::Status), an incident or an [`Exchange`] into a response in the [`Format`] that
//! the client accepts. Below it:
//!
//! - `formats` writes JSON, Markdown and text;
//! - `html` writes HTML: `markup` are its elements, `source` its excerpts of files, `phase` and `dashboard` its pages;
//! - `assets` are the styles and scripts;
//! - `words` are the sentences that all formats share, and the masking of secrets;
//! - `tests` has the snapshots of all pages, and their material.
//!
//! Everything here is a function of its arguments: it never waits, and it reads and writes nothing. Most of the shown text is
//! foreign (the compiler's, dependencies', the app's), so HTML is built with `html::markup::Html` alone, which escapes text
//! and takes markup as constants.

mod answer;
mod assets;
mod exchange;
mod format;
mod formats;
mod html;
mod lost;
mod seen;
mod words;

pub(crate) use crate::text::secret::{MASK, is_secret, mask};
pub(crate) use answer::{
    Page, comparison, dashboard, incident, lost, phase, problem, render, request, side, whole,
};
pub(crate) use assets::script::script;
pub(crate) use exchange::{Exchange, Fields, FullExchange, RecordedBody, Replay};
pub(crate) use format::{Color, Format, Revisit, has_fragment_header, is_navigation, is_visit};
pub(crate) use formats::digest::{self, Digest, Selected};
pub(crate) use formats::json::{event, history_json, sides_json, status_json};
pub(crate) use html::panel_json;
pub(crate) use lost::Lost;
pub(crate) use seen::Seen;
pub(crate) use words::incident::summary;
pub(crate) use words::inert::Inert;
pub(crate) use words::sentence::{headline, muted, name, wrong_port};
pub(crate) use words::whole::path as whole_path;
#[cfg(fuzzing)]
pub(crate) use {crate::text::ansi::strip, html::output};

#[cfg(test)]
mod tests;
