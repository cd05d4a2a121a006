//! Text that keeps its colors, but leaves the cursor and the screen alone.

use std::fmt::{self, Display, Formatter};

/// Displays a line of another program without the escape sequences that move the cursor or clear the screen, which servers of
/// front ends like to send when they start. Colors stay.
pub(super) struct Still<'a>(pub(super) &'a str);

impl Display for Still<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        // A line that was written over shows what was written last.
        let line = self.0.trim_end_matches('\r');
        let line = line.rsplit('\r').next().unwrap_or(line);
        let mut is_colored = false;
        for (text, is_sequence) in console::AnsiCodeIterator::new(line) {
            let is_color = is_sequence && text.starts_with("\x1b[") && text.ends_with('m');
            is_colored |= is_color;
            if is_sequence && !is_color {
                continue;
            }
            let visible = text
                .chars()
                .filter(|c| is_color || !c.is_control() || *c == '\t');
            f.write_str(&visible.collect::<String>())?;
        }
        if is_colored {
            f.write_str("\x1b[0m")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_stay_and_everything_else_goes() {
        for (line, expected) in [
            ("plain", "plain"),
            (
                "\x1b[32mVITE\x1b[39m ready",
                "\x1b[32mVITE\x1b[39m ready\x1b[0m",
            ),
            ("\x1b[2J\x1b[3J\x1b[Hready", "ready"),
            ("\x1bcready\x1b[K", "ready"),
            ("10 %\r20 %\r", "20 %"),
            ("a\tb\x07\x08c", "a\tbc"),
            ("\x1b]0;title\x07text", "text"),
            ("", ""),
        ] {
            assert_eq!(Still(line).to_string(), expected, "{line:?}");
        }
    }
}
