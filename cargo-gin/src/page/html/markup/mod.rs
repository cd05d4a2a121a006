//! Pieces of HTML: escaped text, terminal output, prose and source code in colours.

pub(crate) mod html;
pub(crate) mod output;
pub(crate) mod prose;
pub(crate) mod rust;
pub(crate) mod syntax;
pub(crate) mod toml;
