//! A table of figures, as Markdown.

use std::fmt::{self, Display, Formatter};
use std::iter;

/// A table of figures under a caption, or the reason why there are none. Displays itself as Markdown whose columns are
/// aligned, so that it can be read in a terminal as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    caption: String,
    content: Content,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Content {
    /// The header first; the first cell of a row is its label.
    Rows(Vec<Vec<String>>),
    NotMeasured(String),
}

impl Table {
    /// A table with these column headers and rows. The first cell of a row is its label.
    pub fn new(
        caption: impl Into<String>,
        header: impl IntoIterator<Item = impl Into<String>>,
        rows: impl IntoIterator<Item = Vec<String>>,
    ) -> Table {
        let header = header.into_iter().map(Into::into).collect();
        Table {
            caption: caption.into(),
            content: Content::Rows(iter::once(header).chain(rows).collect()),
        }
    }

    /// A table that could not be measured, for the given reason.
    pub fn not_measured(caption: impl Into<String>, reason: impl Display) -> Table {
        Table {
            caption: caption.into(),
            content: Content::NotMeasured(one_line(&reason.to_string())),
        }
    }
}

impl Display for Table {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "**{}**\n", self.caption)?;
        let rows = match &self.content {
            Content::Rows(rows) => rows,
            Content::NotMeasured(reason) => return writeln!(formatter, "Not measured: {reason}."),
        };
        let widths = widths(rows);
        for (index, row) in rows.iter().enumerate() {
            for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
                match column {
                    0 => write!(formatter, "| {cell:width$} |")?,
                    _ => write!(formatter, " {cell:>width$} |")?,
                }
            }
            writeln!(formatter)?;
            if index == 0 {
                write_rule(formatter, &widths)?;
            }
        }
        Ok(())
    }
}

/// The width of each column: that of its widest cell, and at least 3 for the rule below the header.
fn widths(rows: &[Vec<String>]) -> Vec<usize> {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).fold(3, usize::max)
    };
    (0..columns).map(width).collect()
}

/// The line below the header. The colon aligns a column of figures to the right.
fn write_rule(formatter: &mut Formatter<'_>, widths: &[usize]) -> fmt::Result {
    for (column, width) in widths.iter().enumerate() {
        match column {
            0 => write!(formatter, "|{}|", "-".repeat(width + 2))?,
            _ => write!(formatter, "{}:|", "-".repeat(width + 1))?,
        }
    }
    writeln!(formatter)
}

/// The text of an error without the line breaks that would end a paragraph or a table.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An integer with a comma before each group of three digits.
pub fn grouped(integer: &impl ToString) -> String {
    let digits = integer.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_aligned_markdown() {
        let rows =
            [["plaintext", "9,330"], ["`µ`", "-"]].map(|row| row.map(str::to_owned).to_vec());
        let table = Table::new("Instructions", ["", "gin"], rows);
        let expected = "\
**Instructions**

|           |   gin |
|-----------|------:|
| plaintext | 9,330 |
| `µ`       |     - |
";
        assert_eq!(table.to_string(), expected);
    }

    #[test]
    fn a_table_that_could_not_be_measured_gives_the_reason() {
        let table = Table::not_measured("Instructions", "valgrind is not installed");
        let expected = "**Instructions**\n\nNot measured: valgrind is not installed.\n";
        assert_eq!(table.to_string(), expected);
    }

    #[test]
    fn digits_are_grouped_by_three() {
        for (integer, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(&integer), text);
        }
    }
}
