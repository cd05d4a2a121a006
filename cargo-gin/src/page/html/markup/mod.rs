//! Pieces of HTML: escaped text, terminal output, prose, and source code in colors.

mod html;
mod output;
mod parts;
pub(crate) mod prose;
mod rust;
mod syntax;
mod token;
mod toml;

pub(crate) use html::{Element, Html};
pub(crate) use output::{Style, output};
pub(crate) use parts::{external_link, fold, listing, preformatted};
pub(crate) use syntax::{code, colored, highlights};
pub(crate) use token::{Highlight, Token};
