//! Places in source files, in rustc's JSON format.

use serde::{Deserialize, Serialize};

use crate::panic::Panic;

/// A place in a source file, in rustc's JSON format.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Span {
    /// Relative to the workspace's root, or absolute.
    pub(crate) file_name: String,
    /// The offset of the first byte in the file.
    pub(crate) byte_start: u32,
    /// The offset after the last byte.
    pub(crate) byte_end: u32,
    /// The first line, counted from 1.
    pub(crate) line_start: usize,
    /// The last line, counted from 1.
    pub(crate) line_end: usize,
    /// The first character in its line, counted from 1.
    pub(crate) column_start: usize,
    /// The character after the last, counted from 1.
    pub(crate) column_end: usize,
    /// `true` for the place that the message is about, `false` for one that explains it.
    pub(crate) is_primary: bool,
    /// The lines the span covers.
    #[serde(default)]
    pub(crate) text: Vec<Line>,
    /// The text that rustc writes next to the place.
    #[serde(default)]
    pub(crate) label: Option<String>,
    /// The replacement for the place.
    #[serde(default)]
    pub(crate) suggested_replacement: Option<String>,
    /// The confidence of rustc in the replacement: `MachineApplicable`, `MaybeIncorrect`, `HasPlaceholders`, `Unspecified`.
    #[serde(default)]
    pub(crate) suggestion_applicability: Option<String>,
    /// The macro call that this place comes from.
    #[serde(default)]
    pub(crate) expansion: Option<Box<Expansion>>,
}

impl Span {
    /// Makes a primary span with only the first character known.
    pub(super) fn at(file_name: String, line: usize, column: usize) -> Span {
        Span {
            file_name,
            byte_start: 0,
            byte_end: 0,
            line_start: line,
            line_end: line,
            column_start: column,
            column_end: column + 1,
            is_primary: true,
            text: Vec::new(),
            label: None,
            suggested_replacement: None,
            suggestion_applicability: None,
            expansion: None,
        }
    }

    /// Finds the first panic of a build script. A message of one line becomes the label. cargo indents the script's output.
    pub(super) fn panicked(text: &str) -> Option<Span> {
        let lines = text
            .lines()
            .map(|line| line.strip_prefix("  ").unwrap_or(line));
        let Panic { place, message, .. } = Panic::all(lines).into_iter().next()?;
        let message = message.trim_end();
        let is_line = !message.is_empty() && !message.contains('\n');
        Some(Span {
            label: is_line.then(|| message.to_owned()),
            ..Span::at(place.file, place.line, place.column)
        })
    }

    /// Reads the place that cargo draws below a message about a manifest:
    ///
    /// ```text
    ///  --> Cargo.toml:7:12
    ///   |
    /// 7 | axum = "0.8
    ///   |        ^^^^ expected `"`
    /// ```
    pub(super) fn drawn(text: &str) -> Option<Span> {
        let mut lines = text
            .lines()
            .skip_while(|line| !line.trim_start().starts_with("--> "));
        let (place, column) = lines
            .next()?
            .trim_start()
            .strip_prefix("--> ")?
            .rsplit_once(':')?;
        let (file_name, line) = place.rsplit_once(':')?;
        let (line, column): (usize, usize) = (line.parse().ok()?, column.parse().ok()?);
        let number = line.to_string();
        let is_source = |line: &&str| {
            line.split_once(" |")
                .is_some_and(|(before, _)| before.trim() == number)
        };
        let source = lines.by_ref().find(is_source)?.split_once(" |")?.1;
        let below = lines
            .next()
            .and_then(|line| line.split_once('|'))
            .map_or("", |(_, below)| below.trim());
        let label = below.trim_start_matches('^');
        let end = column + (below.len() - label.len()).max(1);
        Some(Span {
            column_end: end,
            text: vec![Line {
                text: source.strip_prefix(' ').unwrap_or(source).to_owned(),
                highlight_start: column,
                highlight_end: end,
            }],
            label: Some(label.trim().to_owned()).filter(|label| !label.is_empty()),
            ..Span::at(file_name.to_owned(), line, column)
        })
    }

    /// Returns the span to show: this one, or the macro call that it comes from if rustc has no source for this file.
    pub(crate) fn shown(&self) -> &Span {
        let mut chain = self.chain();
        chain.find(|span| !span.text.is_empty()).unwrap_or(self)
    }

    /// Iterates over this span and the macro calls that it comes from, the outermost last.
    pub(crate) fn chain(&self) -> impl Iterator<Item = &Span> {
        std::iter::successors(Some(self), |span| {
            span.expansion.as_ref().map(|expansion| &expansion.span)
        })
    }
}

/// A line of source and the part of it that a span covers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Line {
    /// The line, without its end.
    pub(crate) text: String,
    /// The first character covered, counted from 1.
    pub(crate) highlight_start: usize,
    /// The character after the last covered, counted from 1.
    pub(crate) highlight_end: usize,
}

/// A macro call and the definition of the macro.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Expansion {
    pub(crate) span: Span,
    /// `println!`, `#[derive(Debug)]`.
    pub(crate) macro_decl_name: String,
    /// The definition, if its source is available.
    #[serde(default)]
    pub(crate) def_site_span: Option<Span>,
}
