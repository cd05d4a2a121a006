//! The options of `cargo gin dev`: the command line, then environment variables, then the tables of Cargo.toml.

use std::ffi::OsString;

use anyhow::{Context as _, anyhow, bail};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, FromArgMatches as _};
use serde_json::Value;

use crate::cli::{self, Cli, Dev};
use crate::sides;

/// The command line of `cargo gin dev`, to which the tables of Cargo.toml can be added.
#[derive(Debug)]
pub(crate) struct Settings {
    args: Vec<OsString>,
    matches: ArgMatches,
    /// The options without the tables.
    pub(super) dev: Dev,
}

/// A table of Cargo.toml, with its name.
pub(super) type Table<'a> = (&'static str, &'a Value);

impl Settings {
    /// `args` is the command line, from the program's name on. `matches` and `dev` are the results of parsing it.
    pub(crate) fn new(args: Vec<OsString>, matches: &ArgMatches, dev: Dev) -> Settings {
        Settings {
            args,
            matches: matches
                .subcommand_matches("dev")
                .cloned()
                .unwrap_or_default(),
            dev,
        }
    }

    /// Returns the options with those of `tables` added. Earlier tables win over later ones.
    pub(super) fn with(&self, tables: &[Table<'_>]) -> anyhow::Result<Dev> {
        let mut added: Vec<(String, OsString)> = Vec::new();
        let parser = Cli::parser();
        let dev = parser.find_subcommand("dev").context("there is no `dev`")?;
        for (name, table) in tables {
            let taken: Vec<String> = added.iter().map(|(key, _)| key.clone()).collect();
            let is_taken = |long: Option<&str>| taken.iter().any(|key| Some(key.as_str()) == long);
            let entries = table.as_object().into_iter().flatten();
            // Tables of processes and hooks are not options.
            let is_option = |(key, value): &(&String, &Value)| match key.as_str() {
                "with" => sides::is_option(value),
                "on" => false,
                _ => true,
            };
            for (key, value) in entries.filter(is_option) {
                let rivals = rivals(dev, key)
                    .map_err(|hint| anyhow!("unknown key `{key}` in [{name}]{hint}"))?;
                if key == "manifest-path" {
                    bail!("`{key}` cannot be in [{name}], which is in a manifest itself");
                }
                let is_beaten = |arg: &&Arg| self.is_given(arg) || is_taken(arg.get_long());
                if !rivals.iter().any(is_beaten) {
                    let args = arguments(key, value)
                        .ok_or_else(|| anyhow!("`{key}` in [{name}] cannot be {value}"))?;
                    added.extend(args.into_iter().map(|arg| (key.clone(), arg.into())));
                }
            }
        }
        let mut args = self.args.clone();
        let names: Vec<_> = tables.iter().map(|(name, _)| format!("[{name}]")).collect();
        args.splice(2..2, added.into_iter().map(|(_, arg)| arg));
        let matches = parser.try_get_matches_from(args).map_err(|error| {
            anyhow!(
                "in {} of Cargo.toml: {}",
                names.join(" or "),
                first_line(&error)
            )
        })?;
        match Cli::from_arg_matches(&matches)?.command {
            cli::Command::Dev(dev) => Ok(*dev),
            cli::Command::New(_)
            | cli::Command::Env(_)
            | cli::Command::Routes(_)
            | cli::Command::Client(_)
            | cli::Command::Tune(_)
            | cli::Command::Completions(_)
            | cli::Command::Man(_) => {
                bail!("the arguments are not those of `dev`")
            }
        }
    }

    /// Returns `true` if the option is given on the command line or by a variable.
    fn is_given(&self, arg: &Arg) -> bool {
        matches!(
            self.matches.value_source(arg.get_id().as_str()),
            Some(ValueSource::CommandLine | ValueSource::EnvVariable)
        )
    }
}

/// Returns the option with this long name, and those that conflict with it. An unknown name yields a hint.
fn rivals<'a>(dev: &'a Command, key: &str) -> Result<Vec<&'a Arg>, String> {
    let longs = || {
        dev.get_arguments()
            .filter_map(|arg| Some((arg, arg.get_long()?)))
    };
    let Some((arg, _)) = longs().find(|(_, long)| *long == key) else {
        let nearest = longs().min_by_key(|(_, long)| strsim::damerau_levenshtein(long, key));
        return Err(nearest
            .map(|(_, long)| format!("; did you mean `{long}`?"))
            .unwrap_or_default());
    };
    let excludes = |one: &Arg, other: &Arg| dev.get_arg_conflicts_with(one).contains(&other);
    let is_rival = |other: &&Arg| *other == arg || excludes(arg, other) || excludes(other, arg);
    Ok(dev.get_arguments().filter(is_rival).collect())
}

/// Returns a key as arguments, or `None` for a value that an argument cannot have. A switch that is off is left out.
fn arguments(key: &str, value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Bool(true) => Some(vec![format!("--{key}")]),
        Value::Bool(false) => Some(Vec::new()),
        Value::Number(number) => Some(vec![format!("--{key}={number}")]),
        Value::String(text) => Some(vec![format!("--{key}={text}")]),
        Value::Array(values) => {
            let each = values.iter().map(|value| arguments(key, value));
            Some(each.collect::<Option<Vec<_>>>()?.concat())
        }
        Value::Null | Value::Object(_) => None,
    }
}

fn first_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}
