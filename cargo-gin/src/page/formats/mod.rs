//! Pages in formats other than HTML: JSON and problem+json, Markdown and plain text.

pub(crate) mod digest;
pub(crate) mod incident;
pub(crate) mod json;
pub(crate) mod lost;
mod markdown;
mod text;

pub(crate) use incident::{IncidentMarkdown, IncidentText};
pub(crate) use lost::{LostMarkdown, LostText};
pub(crate) use markdown::PhaseMarkdown;
pub(crate) use text::PhaseText;
