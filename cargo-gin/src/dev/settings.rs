//! The options of `cargo gin dev`, and what Cargo.toml says where neither the command line nor a variable does.

use std::ffi::OsString;

use anyhow::{anyhow, bail};
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _};
use serde_json::Value;

use crate::cli::{Cli, Command, Dev};

/// The command line of `cargo gin dev`, to which the tables of Cargo.toml can be added.
#[derive(Debug)]
pub(crate) struct Settings {
    args: Vec<OsString>,
    matches: ArgMatches,
    /// The options without any table.
    pub(super) dev: Dev,
}

/// A table of Cargo.toml, and how it is called there.
pub(super) type Table<'a> = (&'static str, &'a Value);

impl Settings {
    /// `args` is what was parsed, from the program's name on; `dev` and `matches` are what it was parsed into.
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

    /// The options with `tables` taken in. Earlier tables beat later ones.
    pub(super) fn with(&self, tables: &[Table<'_>]) -> anyhow::Result<Dev> {
        let mut added: Vec<(String, OsString)> = Vec::new();
        for (name, table) in tables {
            let taken: Vec<String> = added.iter().map(|(key, _)| key.clone()).collect();
            for (key, value) in table.as_object().into_iter().flatten() {
                let is_set = self
                    .is_set(key)
                    .map_err(|hint| anyhow!("unknown key `{key}` in [{name}]{hint}"))?;
                if !is_set && !taken.contains(key) {
                    let args = arguments(key, value)
                        .ok_or_else(|| anyhow!("`{key}` in [{name}] can't be {value}"))?;
                    added.extend(args.into_iter().map(|arg| (key.clone(), arg.into())));
                }
            }
        }
        let mut args = self.args.clone();
        let names: Vec<_> = tables.iter().map(|(name, _)| format!("[{name}]")).collect();
        args.splice(2..2, added.into_iter().map(|(_, arg)| arg));
        let matches = Cli::command().try_get_matches_from(args).map_err(|error| {
            anyhow!(
                "in {} of Cargo.toml: {}",
                names.join(" or "),
                first_line(&error)
            )
        })?;
        match Cli::from_arg_matches(&matches)?.command {
            Command::Dev(dev) => Ok(*dev),
            Command::New(_) | Command::Env(_) => bail!("the arguments are not those of `dev`"),
        }
    }

    /// Is the option with this long name given by flag or variable? An unknown name yields a hint.
    fn is_set(&self, key: &str) -> Result<bool, String> {
        let command = Cli::command();
        let dev = command.find_subcommand("dev").ok_or_else(String::new)?;
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
        let source = self.matches.value_source(arg.get_id().as_str());
        Ok(matches!(
            source,
            Some(ValueSource::CommandLine | ValueSource::EnvVariable)
        ))
    }
}

/// A key as arguments. A switch that is off is not given.
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
