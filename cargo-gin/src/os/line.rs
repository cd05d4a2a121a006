//! The command line of a process.

use anyhow::Context as _;

/// A command line, split as a shell would split it. `$PORT` and `${PORT}` stand for the port that the process gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CommandLine {
    program: String,
    args: Vec<String>,
}

impl CommandLine {
    /// Splits a text. No shell is involved: there are no pipes, and no other variables.
    ///
    /// # Errors
    ///
    /// The text is empty, or has a quote without its end.
    pub(crate) fn split(text: &str) -> anyhow::Result<CommandLine> {
        let words = shell_words::split(text).with_context(|| format!("cannot split {text:?}"))?;
        let mut words = words.into_iter();
        let program = words.next().context("the command is empty")?;
        let args = words.collect();
        Ok(CommandLine { program, args })
    }

    /// Returns `true` if a port stands in an argument.
    pub(crate) fn has_port(&self) -> bool {
        let with_port = |arg: &String| arg.contains("${PORT}") || arg.contains("$PORT");
        self.args.iter().any(with_port)
    }

    /// Returns the program, and the arguments with the port in its places.
    pub(crate) fn with_port(&self, port: u16) -> (&str, Vec<String>) {
        let port = port.to_string();
        let filled = |arg: &String| arg.replace("${PORT}", &port).replace("$PORT", &port);
        (&self.program, self.args.iter().map(filled).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_split_as_by_a_shell_and_the_port_is_filled_in() {
        let line =
            CommandLine::split("npm run 'dev all' -- --port $PORT --origin=http://[::1]:${PORT}/")
                .unwrap();
        let (program, args) = line.with_port(5173);
        assert_eq!(program, "npm");
        let expected = [
            "run",
            "dev all",
            "--",
            "--port",
            "5173",
            "--origin=http://[::1]:5173/",
        ];
        assert_eq!(args, expected);
    }

    #[test]
    fn a_text_without_a_command_is_refused() {
        for (text, reason) in [
            ("", "the command is empty"),
            ("  ", "the command is empty"),
            ("a 'b", "cannot split"),
        ] {
            let error = CommandLine::split(text).unwrap_err();
            assert!(error.to_string().contains(reason), "{error}");
        }
    }
}
