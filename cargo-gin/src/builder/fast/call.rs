//! A call of rustc, as cargo has made it.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::Stdio;

use serde::{Deserialize, Serialize};
use tokio::process::Command;

/// A call of rustc, with all that it gets from cargo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Call {
    /// The program, which may be a wrapper of the user's, and its arguments.
    pub(super) words: Vec<String>,
    pub(super) directory: PathBuf,
    pub(super) variables: BTreeMap<String, String>,
}

impl Call {
    /// Takes down the call that this process passes on. Returns `None` if it is not that of cargo for a crate, or if a name in it
    /// is not UTF-8.
    pub(super) fn current(
        words: &[OsString],
        variables: impl Iterator<Item = (OsString, OsString)>,
    ) -> Option<Call> {
        let words = words.iter().map(|word| text(word));
        let call = Call {
            words: words.collect::<Option<_>>()?,
            directory: std::env::current_dir().ok()?,
            variables: variables
                .map(|(name, value)| Some((text(&name)?, text(&value)?)))
                .collect::<Option<_>>()?,
        };
        let is_of_cargo = call.value("extra-filename").is_some() && call.option("--emit").is_some();
        is_of_cargo.then_some(call)
    }

    /// Returns the value of an option: `--emit=link`, or `--out-dir deps`.
    pub(super) fn option<'a>(&'a self, name: &str) -> Option<&'a str> {
        self.options(name).next()
    }

    /// Returns the values of an option that may repeat.
    pub(super) fn options<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let nexts = self.words.iter().skip(1).map(Some).chain([None]);
        self.words
            .iter()
            .zip(nexts)
            .filter_map(move |(word, next)| match word.strip_prefix(name)? {
                "" => next.map(String::as_str),
                rest => rest.strip_prefix('='),
            })
    }

    /// Returns the value of a setting of the code generator: `-C extra-filename=-1a2b`.
    pub(super) fn value<'a>(&'a self, name: &str) -> Option<&'a str> {
        let settings = self.options("-C");
        settings
            .filter_map(|setting| setting.split_once('='))
            .find_map(|(found, value)| (found == name).then_some(value))
    }

    /// Returns the command that makes the call again. Its messages go to a pipe.
    pub(super) fn command(&self) -> Option<Command> {
        let (program, args) = self.words.split_first()?;
        let mut command = Command::new(program);
        command
            .args(args)
            .env_clear()
            .envs(&self.variables)
            .current_dir(&self.directory)
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        // They lead to a cargo that has exited.
        for name in ["CARGO_MAKEFLAGS", "MAKEFLAGS", "MFLAGS"] {
            command.env_remove(name);
        }
        Some(command)
    }
}

fn text(text: &OsStr) -> Option<String> {
    text.to_str().map(str::to_owned)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Returns the call with these words.
    pub(in super::super) fn call(line: &str) -> Call {
        Call {
            words: line.split(' ').map(str::to_owned).collect(),
            directory: PathBuf::from("/w"),
            variables: BTreeMap::new(),
        }
    }

    #[test]
    fn options_are_found_in_both_spellings() {
        let call = call(
            "rustc --crate-name a --emit=link,metadata -C metadata=1 -C extra-filename=-2 --extern a=/a --extern b=/b",
        );
        assert_eq!(call.option("--crate-name"), Some("a"));
        assert_eq!(call.option("--emit"), Some("link,metadata"));
        assert_eq!(call.option("--crate"), None);
        assert_eq!(call.value("extra-filename"), Some("-2"));
        assert_eq!(call.value("incremental"), None);
        assert_eq!(
            call.options("--extern").collect::<Vec<_>>(),
            ["a=/a", "b=/b"]
        );
    }

    #[test]
    fn a_call_that_cargo_does_not_make_for_a_crate_is_none() {
        let current = |line: &str| {
            let words: Vec<_> = line.split(' ').map(OsString::from).collect();
            Call::current(&words, std::iter::empty())
        };
        for (line, is_call) in [
            ("rustc -vV", false),
            ("rustc - --crate-name ___ --print=file-names", false),
            ("rustc --crate-name probe --emit=metadata", false),
            ("rustc @/tmp/args", false),
            (
                "rustc --crate-name a --emit=link -C extra-filename=-1",
                true,
            ),
        ] {
            assert_eq!(current(line).is_some(), is_call, "{line}");
        }
    }
}
