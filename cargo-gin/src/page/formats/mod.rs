//! Pages other than HTML: JSON and problem+json, Markdown and plain text.

pub(crate) mod incident;
pub(crate) mod json;
pub(crate) mod markdown;
pub(crate) mod text;
