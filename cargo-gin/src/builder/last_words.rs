//! The last words of a compiler, or of a wrapper around it, that fails without an error of its own.

use std::collections::VecDeque;

/// The lines of cargo's standard error that are part of no message, and the exit status of the compiler.
#[derive(Debug, Default)]
pub(super) struct LastWords {
    lines: VecDeque<String>,
    status: Option<String>,
}

impl LastWords {
    /// The number of lines that are kept.
    const LINES: usize = 50;
    /// The number of characters of each line that are kept.
    const WIDTH: usize = 4096;

    /// Adds a line.
    pub(super) fn push(&mut self, line: &str) {
        if line.trim().is_empty() {
            return;
        }
        if self.lines.len() == Self::LINES {
            self.lines.pop_front();
        }
        let line = line.chars().take(Self::WIDTH).collect();
        self.lines.push_back(line);
    }

    /// Adds the text of cargo's error about a compiler that failed.
    pub(super) fn failed(&mut self, text: &str) {
        // The command line before it may contain anything.
        let cause = text.rsplit_once("` (");
        let status = cause.and_then(|(_, status)| status.trim_end().strip_suffix(')'));
        if let Some(status) = status {
            self.status = Some(status.to_owned());
        }
    }

    /// Returns all of it as lines, each after a line break.
    pub(super) fn text(&self) -> String {
        let status = self.status.iter();
        let status = status.map(|status| {
            format!("\nThe compiler, or a wrapper around it, failed without an error: {status}")
        });
        let lines = self.lines.iter().map(|line| format!("\n{line}"));
        status.chain(lines).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_kept_with_the_exit_status() {
        let mut words = LastWords::default();
        for number in 0..3 * LastWords::LINES {
            words.push(&format!("line {number}"));
            words.push("");
        }
        words.failed(
            "could not compile `app`\n\nCaused by:\n  process didn't exit successfully: `cache rustc --cfg 'x=\"` (y)\"'` (exit status: 2)\n",
        );
        let text = words.text();
        assert_eq!(text.lines().count(), 2 + LastWords::LINES);
        assert!(
            text.contains("without an error: exit status: 2\nline 100\n"),
            "{text}"
        );
        assert!(text.ends_with("\nline 149"), "{text}");
        assert_eq!(LastWords::default().text(), "");
    }
}
