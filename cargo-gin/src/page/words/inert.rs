//! Foreign text for terminals: colors stay, everything else has no effect.

use std::fmt::{self, Display, Formatter};

use crate::page::format::Color;
use crate::page::words::Visible;
use crate::page::words::ansi::{self, Piece};

/// Displays a text without escape sequences, except for colors where they are wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inert<'a> {
    pub(crate) text: &'a str,
    pub(crate) color: Color,
}

impl Display for Inert<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut is_colored = false;
        for piece in ansi::pieces(self.text) {
            match (piece, self.color) {
                (Piece::Text(text), _) => Visible(text).fmt(f)?,
                (Piece::Sgr(sgr), Color::Ansi) => {
                    is_colored = true;
                    write!(f, "\x1b[{sgr}m")?;
                }
                (Piece::Sgr(_), Color::Plain) => {}
            }
        }
        if is_colored {
            f.write_str("\x1b[0m")?;
        }
        Ok(())
    }
}
