//! A line of source with its highlights and marks, and the labels below it.

use std::ops::Range;

use crate::page::html::markup::{Highlight, Html, Token};
use crate::page::html::source::mark::{Kind, Mark};

/// The longest line that is shown in full, in characters.
const LONGEST_LINE: usize = 400;
/// The number of characters shown before the first mark of a longer line.
const LEAD: usize = 60;

/// A line of source, or the relevant part of a very long one.
pub(crate) struct Line {
    number: usize,
    cells: Vec<Cell>,
    /// The number of characters left out before the first cell.
    skipped: usize,
    is_cut: bool,
    /// The strongest mark that touches the line.
    marked: Option<Kind>,
    /// The strongest mark over several lines that covers it.
    covered: Option<Kind>,
}

/// A character with its style.
#[derive(Clone, Copy)]
struct Cell {
    char: char,
    token: Option<Token>,
    mark: Option<MarkStyle>,
}

/// The style of a marked character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MarkStyle {
    /// Within one line: underlined.
    Within(Kind),
    /// Over several lines: shaded.
    Over(Kind),
}

impl Line {
    pub(crate) fn new(
        number: usize,
        text: &str,
        marks: &[&Mark<'_>],
        colors: &[Highlight],
    ) -> Line {
        let mut cells = colored(text, colors);
        let mut marks: Vec<_> = marks
            .iter()
            .filter_map(|mark| Some((columns(mark, number, &mut cells)?, mark)))
            .collect();
        // The longest first, so that shorter ones within it are drawn on top.
        marks.sort_by_key(|(columns, mark)| {
            (std::cmp::Reverse(columns.len()), mark.kind == Kind::Primary)
        });
        for (columns, mark) in &marks {
            let style = if mark.is_over_lines() {
                MarkStyle::Over(mark.kind)
            } else {
                MarkStyle::Within(mark.kind)
            };
            for cell in &mut cells[columns.clone()] {
                cell.mark = Some(style);
            }
        }
        let over = marks.iter().filter(|(_, mark)| mark.is_over_lines());
        let first = marks.iter().map(|(columns, _)| columns.start).min();
        Line {
            number,
            cells,
            skipped: 0,
            is_cut: false,
            covered: over.map(|(_, mark)| mark.kind).min(),
            marked: marks.iter().map(|(_, mark)| mark.kind).min(),
        }
        .cut(first.unwrap_or(0))
    }

    /// Leaves out the parts of a very long line that are far from its first mark.
    fn cut(mut self, first: usize) -> Line {
        if self.cells.len() > LONGEST_LINE {
            self.skipped = first.saturating_sub(LEAD);
            self.cells.drain(..self.skipped);
            self.is_cut = self.cells.len() > LONGEST_LINE;
            self.cells.truncate(LONGEST_LINE);
        }
        self
    }

    /// Adds the line as a row.
    pub(crate) fn write(&self, html: &mut Html) {
        let class = match self.marked {
            Some(Kind::Primary) => "r p",
            Some(Kind::Secondary) => "r s",
            None => "r",
        };
        html.element("span", class, |html| {
            html.leaf("i", self.gutter(), self.number);
            if self.skipped > 0 {
                html.leaf("span", "cut", "…");
            }
            for run in self.cells.chunk_by(|a, b| a.mark == b.mark) {
                write_run(run, html);
            }
            if self.is_cut {
                html.leaf("span", "cut", "…");
            }
        });
    }

    /// Returns the class of the row's first cell, along which a mark over several lines has its bar.
    fn gutter(&self) -> &'static str {
        match self.covered {
            Some(Kind::Primary) => "o p",
            Some(Kind::Secondary) => "o s",
            None => "",
        }
    }

    /// Fills the row up to the character at `column`, with a bar at each column of `bars`.
    fn indent(&self, column: usize, bars: &[(usize, Kind)], html: &mut Html) {
        if self.skipped > 0 {
            html.text(" ");
        }
        for column in self.skipped + 1..column {
            match bars.iter().find(|(bar, _)| *bar == column) {
                Some((_, Kind::Primary)) => html.leaf("span", "bar p", "│"),
                Some((_, Kind::Secondary)) => html.leaf("span", "bar s", "│"),
                None => html,
            };
            let cell = self.cells.get(column - self.skipped - 1);
            match cell.map_or(' ', |cell| cell.char) {
                '\t' => html.text("\t"),
                ' '..='~' => html.text(" "),
                // Only the browser's font knows the width of other characters.
                other => html
                    .tag("span")
                    .attribute("class", "gone")
                    .attribute("aria-hidden", "true")
                    .holding(other),
            };
        }
    }
}

/// The labels below a line.
pub(crate) struct Labels<'a> {
    line: &'a Line,
    /// Column, kind and text, from right to left.
    labels: Vec<(usize, Kind, &'a str)>,
}

impl<'a> Labels<'a> {
    /// Collects the labels of the marks that end on `line`.
    pub(crate) fn of(line: &'a Line, marks: &[&'a Mark<'a>]) -> Labels<'a> {
        let ends_here = |mark: &&&Mark<'_>| mark.end.line == line.number;
        let mut labels: Vec<_> = marks
            .iter()
            .filter(ends_here)
            .filter_map(|mark| {
                let column = if mark.is_over_lines() {
                    mark.end.column.saturating_sub(1)
                } else {
                    mark.start.column
                };
                Some((column.max(1), mark.kind, mark.label.as_deref()?))
            })
            .collect();
        labels
            .sort_by_key(|(column, kind, _)| (std::cmp::Reverse(*column), *kind == Kind::Primary));
        Labels { line, labels }
    }

    /// Adds each label as a row of its own, with bars that lead down to the labels below it.
    pub(crate) fn write(&self, html: &mut Html) {
        for (index, (column, kind, text)) in self.labels.iter().enumerate() {
            let rest: Vec<_> = self.labels[index + 1..]
                .iter()
                .map(|(column, kind, _)| (*column, *kind))
                .collect();
            let branches = rest.iter().any(|(other, _)| other == column);
            let class = match kind {
                Kind::Primary => "l p",
                Kind::Secondary => "l s",
            };
            html.element("span", "r lb", |html| {
                html.leaf("i", self.line.gutter(), "");
                html.element("span", "", |html| self.line.indent(*column, &rest, html));
                html.element("span", class, |html| {
                    html.text(if branches { "├ " } else { "╰ " })
                        .leaf("span", "", text);
                });
            });
        }
    }
}

fn colored(text: &str, colors: &[Highlight]) -> Vec<Cell> {
    let mut colors = colors.iter().peekable();
    text.char_indices()
        .map(|(at, char)| {
            while colors.next_if(|(range, _)| range.end <= at).is_some() {}
            let token = colors.peek().filter(|(range, _)| range.contains(&at));
            Cell {
                char,
                token: token.map(|(_, token)| *token),
                mark: None,
            }
        })
        .collect()
}

/// Returns the cells of line `number` that the mark covers. A mark past the line's end gets a cell of its own.
fn columns(mark: &Mark<'_>, number: usize, cells: &mut Vec<Cell>) -> Option<Range<usize>> {
    if !(mark.start.line..=mark.end.line).contains(&number) {
        return None;
    }
    let blank = cells
        .iter()
        .take_while(|cell| cell.char.is_whitespace())
        .count();
    let start = if number == mark.start.line {
        mark.start.column.saturating_sub(1)
    } else {
        blank
    };
    let end = if number == mark.end.line {
        mark.end.column.saturating_sub(1)
    } else {
        cells.len()
    };
    if mark.is_over_lines() {
        let end = end.min(cells.len());
        return Some(start.min(end)..end);
    }
    let start = start.min(cells.len());
    // A position between two characters is shown on the one after it.
    let end = end.clamp(start + 1, (start + 1).max(cells.len() + 1));
    if end > cells.len() {
        cells.push(Cell {
            char: ' ',
            token: None,
            mark: None,
        });
    }
    Some(start..end.min(cells.len()))
}

/// Adds cells of one style.
fn write_run(run: &[Cell], html: &mut Html) {
    let class = match run.first().and_then(|cell| cell.mark) {
        Some(MarkStyle::Within(Kind::Primary)) => "p",
        Some(MarkStyle::Within(Kind::Secondary)) => "s",
        Some(MarkStyle::Over(Kind::Primary)) => "p o",
        Some(MarkStyle::Over(Kind::Secondary)) => "s o",
        None => return write_tokens(run, html),
    };
    html.element("mark", class, |html| write_tokens(run, html));
}

fn write_tokens(run: &[Cell], html: &mut Html) {
    for cells in run.chunk_by(|a, b| a.token == b.token) {
        let text: String = cells.iter().map(|cell| cell.char).collect();
        match cells.first().and_then(|cell| cell.token) {
            Some(token) => html.leaf("span", token.class(), text),
            None => html.text(text),
        };
    }
}
