//! Excerpts of source files with the places of a message marked and labeled.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

use crate::diagnostics::{Message, Span};
use crate::page::html::markup::{Highlight, Html, highlights, listing, prose};
use crate::page::html::source::files::SourceFiles;
use crate::page::html::source::line::{Labels, Line};
use crate::page::html::source::location::location;
use crate::page::html::source::mark::{Kind, Mark, Position};
use crate::page::words::sentence;
use crate::source::Source;

/// The number of lines shown before and after a mark of a message itself.
const CONTEXT: usize = 2;
/// The number of further lines that can be unfolded on either side.
const UNFOLDABLE: usize = 12;
/// The longest mark that is shown in full, in lines.
const LONGEST_MARK: usize = 8;

/// The rank of an excerpt on the page, which determines how many lines surround its marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rank {
    /// It belongs to the message itself: [`CONTEXT`] lines on either side, and a fold above and below.
    Main,
    /// It belongs to a note: only the marked lines, and one fold with what surrounds them.
    Note,
}

/// Returns an excerpt of each file that has `marks`, the one with the primary mark first.
pub(crate) fn excerpts(
    rank: Rank,
    message: &Message,
    marks: &[Mark<'_>],
    files: &SourceFiles<'_>,
) -> Html {
    let mut names: Vec<_> = Vec::new();
    let primary_first = [Kind::Primary, Kind::Secondary];
    for kind in primary_first {
        for mark in marks.iter().filter(|mark| mark.kind == kind) {
            if !names.contains(&mark.file) {
                names.push(mark.file);
            }
        }
    }
    let mut html = Html::new();
    for name in names {
        let marks: Vec<_> = marks.iter().filter(|mark| mark.file == name).collect();
        Excerpt::new(name, marks, known(message, name), files).write(rank, &mut html);
    }
    html
}

/// Returns an excerpt of one file around one mark, for a place that no message of rustc names.
pub(crate) fn excerpt_at(mark: &Mark<'_>, files: &SourceFiles<'_>) -> Html {
    let mut html = Html::new();
    let excerpt = Excerpt::new(mark.file, vec![mark], BTreeMap::new(), files);
    excerpt.write(Rank::Main, &mut html);
    html
}

/// Returns the lines of `file` that are part of the message.
fn known<'a>(message: &'a Message, file: &str) -> BTreeMap<usize, &'a str> {
    let lines =
        |span: &'a Span| (span.line_start..).zip(span.text.iter().map(|line| line.text.as_str()));
    message
        .spans
        .iter()
        .flat_map(Span::chain)
        .filter(|span| span.file_name == file)
        .flat_map(lines)
        .collect()
}

/// The shown part of a file.
struct Excerpt<'a> {
    files: &'a SourceFiles<'a>,
    file: &'a str,
    marks: Vec<&'a Mark<'a>>,
    known: BTreeMap<usize, &'a str>,
    /// The file, if it has not changed since the message.
    source: Option<&'a Source>,
    highlights: Rc<[Highlight]>,
}

impl<'a> Excerpt<'a> {
    fn new(
        file: &'a str,
        marks: Vec<&'a Mark<'a>>,
        known: BTreeMap<usize, &'a str>,
        files: &'a SourceFiles<'a>,
    ) -> Excerpt<'a> {
        let same = |source: &&Source| {
            let mut lines = known.iter();
            lines.all(|(number, line)| source.line(*number) == Some(*line))
        };
        let source = files.get(file).filter(same);
        let highlights = source.map_or_else(|| [].into(), |_| files.highlights(file));
        Excerpt {
            files,
            file,
            marks,
            known,
            source,
            highlights,
        }
    }

    fn write(&self, rank: Rank, html: &mut Html) {
        let primary = self.marks.iter().find(|mark| mark.kind == Kind::Primary);
        let Some(first) = primary.or(self.marks.first()) else {
            return;
        };
        let numbers = self.numbers(match rank {
            Rank::Main => CONTEXT,
            Rank::Note => 0,
        });
        html.element("figure", "x", |html| {
            if !numbers.is_empty() {
                html.element("figcaption", "", |html| {
                    let Position { line, column } = first.start;
                    location(html, self.files, self.file, line, column);
                });
                let lines = |html: &mut Html| {
                    listing(html, self.file, |html| self.write_lines(&numbers, html));
                };
                match rank {
                    Rank::Main => {
                        self.write_above(&numbers, html);
                        lines(html);
                        self.write_below(&numbers, html);
                    }
                    Rank::Note => {
                        self.write_around(&numbers, html);
                        lines(html);
                    }
                }
            }
            let is_unseen = |mark: &&&Mark<'_>| !numbers.contains(&mark.end.line);
            for mark in self.marks.iter().filter(is_unseen) {
                write_unseen(mark, self.files, html);
            }
        });
    }

    fn write_lines(&self, numbers: &BTreeSet<usize>, html: &mut Html) {
        let mut previous = None;
        for &number in numbers {
            if previous.is_some_and(|previous| previous + 1 < number) {
                html.raw("<span class=\"r gap\"><i>⋯</i></span>");
            }
            previous = Some(number);
            let text = self.text(number).unwrap_or_default();
            let line = Line::new(number, text, &self.marks, &self.colors(number, text));
            line.write(html);
            Labels::of(&line, &self.marks).write(html);
        }
    }

    /// Adds the lines before the excerpt, folded.
    fn write_above(&self, numbers: &BTreeSet<usize>, html: &mut Html) {
        let end = numbers.first().copied().unwrap_or_default();
        let lines = end.saturating_sub(UNFOLDABLE).max(1)..end;
        self.write_folded(lines, "above", html);
    }

    /// Adds the lines after the excerpt, folded.
    fn write_below(&self, numbers: &BTreeSet<usize>, html: &mut Html) {
        let start = numbers.last().copied().unwrap_or_default() + 1;
        let lines = start..start.saturating_add(UNFOLDABLE).min(self.last() + 1);
        self.write_folded(lines, "below", html);
    }

    /// Adds the excerpt again with what surrounds it, folded. Opened, it replaces the excerpt.
    fn write_around(&self, numbers: &BTreeSet<usize>, html: &mut Html) {
        let all = self.numbers(UNFOLDABLE);
        let more = all.len().saturating_sub(numbers.len());
        if more == 0 || !self.files.reserve(all.len()) {
            return;
        }
        html.tag("details")
            .attribute("class", "ctx above around")
            .attribute("data-fold", "around")
            .around(|html| {
                let count = sentence::counted(more, "line");
                html.leaf("summary", "", format_args!("⋯ {count} around"));
                listing(html, "more lines", |html| self.write_lines(&all, html));
            });
    }

    fn write_folded(&self, lines: Range<usize>, side: &'static str, html: &mut Html) {
        if self.source.is_none() || lines.is_empty() || !self.files.reserve(lines.len()) {
            return;
        }
        let count = sentence::counted(lines.len(), "line");
        html.tag("details")
            .attribute("class", format_args!("ctx {side}"))
            .attribute("data-fold", side)
            .around(|html| {
                html.leaf("summary", "", format_args!("⋯ {count} {side}"));
                listing(html, "more lines", |html| {
                    for number in lines {
                        let text = self.text(number).unwrap_or_default();
                        Line::new(number, text, &[], &self.colors(number, text)).write(html);
                    }
                });
            });
    }

    /// Returns the last line of the file that can be shown.
    fn last(&self) -> usize {
        self.source.map_or(usize::MAX - 1, |source| {
            let ends_with_line_end = source.line(source.lines()).is_some_and(str::is_empty);
            source.lines() - usize::from(ends_with_line_end)
        })
    }

    /// Returns the lines to show: each mark with `context` lines on either side, and gaps that are too small to leave out.
    fn numbers(&self, context: usize) -> BTreeSet<usize> {
        let mut numbers = BTreeSet::new();
        for mark in &self.marks {
            let (first, last) = (mark.start.line, mark.end.line);
            if last.saturating_sub(first) < LONGEST_MARK {
                numbers.extend(first..=last);
            } else {
                numbers.extend(first..first + LONGEST_MARK / 2);
                numbers.extend(last.saturating_sub(1)..=last);
            }
            if self.source.is_some() {
                numbers.extend(first.saturating_sub(context)..first);
                numbers.extend(last + 1..=last + context);
            }
        }
        let shown: Vec<_> = numbers.iter().copied().collect();
        for pair in shown.windows(2) {
            if pair[1] - pair[0] <= 3 {
                numbers.extend(pair[0]..pair[1]);
            }
        }
        let last = self.last();
        let is_marked = |number: usize| {
            self.marks
                .iter()
                .any(|mark| (mark.start.line..=mark.end.line).contains(&number))
        };
        numbers
            .retain(|&number| self.text(number).is_some() && (number <= last || is_marked(number)));
        numbers
    }

    fn text(&self, number: usize) -> Option<&'a str> {
        let own = || self.known.get(&number).copied();
        self.source
            .and_then(|source| source.line(number))
            .or_else(own)
    }

    /// Returns the highlights of a line, taken from the file's where it is known: a comment or a string may begin on an earlier line.
    fn colors(&self, number: usize, text: &str) -> Vec<Highlight> {
        let Some(start) = self.source.and_then(|source| source.start(number)) else {
            return highlights(self.file, text);
        };
        let end = start + text.len();
        let first = self
            .highlights
            .partition_point(|(range, _)| range.end <= start);
        self.highlights[first..]
            .iter()
            .take_while(|(range, _)| range.start < end)
            .map(|(range, token)| {
                let within = range.start.max(start) - start..range.end.min(end) - start;
                (within, *token)
            })
            .collect()
    }
}

/// Adds a place whose source is unavailable.
fn write_unseen(mark: &Mark<'_>, files: &SourceFiles<'_>, html: &mut Html) {
    html.element("p", "unseen", |html| {
        let Position { line, column } = mark.start;
        location(html, files, mark.file, line, column);
        if let Some(label) = &mark.label {
            html.text(" ");
            prose::sentence(html, label);
        }
    });
}
