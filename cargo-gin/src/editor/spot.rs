//! A place in a file that pages show.

use std::fmt;
use std::str::FromStr;

/// The id of a place on a page: `d0:12:5`, `x1:3:1`, `r0:7:1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    /// The files that the index refers to.
    pub(crate) list: FileList,
    /// The index of the file among them, counted from 0.
    pub(crate) file: usize,
    /// The line, counted from 1.
    pub(crate) line: usize,
    /// The character in it, counted from 1.
    pub(crate) column: usize,
}

/// A list of files that pages show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileList {
    /// `d`: the files of the diagnostics.
    Diagnostics,
    /// `x`: the files of the app's exit.
    Exit,
    /// `r`: the files of the app's reports.
    Report,
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = match self.list {
            FileList::Diagnostics => 'd',
            FileList::Exit => 'x',
            FileList::Report => 'r',
        };
        write!(f, "{list}{}:{}:{}", self.file, self.line, self.column)
    }
}

impl FromStr for Spot {
    type Err = InvalidSpot;

    fn from_str(id: &str) -> Result<Spot, InvalidSpot> {
        let (list, numbers) = match id.split_at_checked(1) {
            Some(("d", numbers)) => (FileList::Diagnostics, numbers),
            Some(("x", numbers)) => (FileList::Exit, numbers),
            Some(("r", numbers)) => (FileList::Report, numbers),
            _ => return Err(InvalidSpot),
        };
        let numbers: Option<Vec<usize>> = numbers.split(':').map(number).collect();
        match numbers.as_deref() {
            Some(&[file, line, column]) if line > 0 && column > 0 => Ok(Spot {
                list,
                file,
                line,
                column,
            }),
            _ => Err(InvalidSpot),
        }
    }
}

/// Parses digits only: `str::parse` would accept a sign.
fn number(text: &str) -> Option<usize> {
    let is_plain = text.bytes().all(|digit| digit.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain)
}

/// The error for text that is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InvalidSpot;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_survive_a_round_trip() {
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
            assert_eq!(id.parse::<Spot>(), Err(InvalidSpot), "{id}");
        }
    }
}
