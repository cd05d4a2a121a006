//! A place in a file that pages show.

use std::fmt;
use std::str::FromStr;

/// An id that a page bears for a place: `d0:12:5`, `x1:3:1`, `r0:7:1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    /// Whose files are meant.
    pub(crate) table: Table,
    /// The file's place among them, counted from 0.
    pub(crate) file: usize,
    /// The line, counted from 1.
    pub(crate) line: usize,
    /// The character in it, counted from 1.
    pub(crate) column: usize,
}

/// The files that pages show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    /// `d`: those of the diagnostics.
    Diagnostics,
    /// `x`: those of the app's exit.
    Exit,
    /// `r`: those of the app's reports.
    Report,
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = match self.table {
            Table::Diagnostics => 'd',
            Table::Exit => 'x',
            Table::Report => 'r',
        };
        write!(f, "{table}{}:{}:{}", self.file, self.line, self.column)
    }
}

impl FromStr for Spot {
    type Err = NoSpot;

    fn from_str(id: &str) -> Result<Spot, NoSpot> {
        let (table, numbers) = match id.split_at_checked(1) {
            Some(("d", numbers)) => (Table::Diagnostics, numbers),
            Some(("x", numbers)) => (Table::Exit, numbers),
            Some(("r", numbers)) => (Table::Report, numbers),
            _ => return Err(NoSpot),
        };
        let numbers: Option<Vec<usize>> = numbers.split(':').map(number).collect();
        match numbers.as_deref() {
            Some(&[file, line, column]) if line > 0 && column > 0 => Ok(Spot {
                table,
                file,
                line,
                column,
            }),
            _ => Err(NoSpot),
        }
    }
}

/// Digits only: `str::parse` would take a sign.
fn number(text: &str) -> Option<usize> {
    let is_plain = text.bytes().all(|digit| digit.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain)
}

/// An id that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoSpot;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_written() {
        for id in ["d0:1:1", "x12:340:5", "r3:4:5"] {
            assert_eq!(id.parse::<Spot>().unwrap().to_string(), id);
        }
        for id in [
            "",
            "d",
            "d0",
            "d0:1",
            "d0:1:1:1",
            "e0:1:1",
            "d-1:1:1",
            "d0:0:1",
            "d0:1:0",
            "d+0:1:1",
            "d0:1:99999999999999999999",
            "/etc/passwd:1:1",
            "é0:1:1",
        ] {
            assert_eq!(id.parse::<Spot>(), Err(NoSpot), "{id}");
        }
    }
}
