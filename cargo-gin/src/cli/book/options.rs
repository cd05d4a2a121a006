//! The page of all options.

use std::fmt::Write as _;
use std::fs;

use clap::{Arg, ArgAction, Command};

use crate::cli::Cli;
use crate::cli::book::sources;

/// The variable that makes the test write the page.
const UPDATE: &str = "UPDATE_BOOK";
const PAGE: &str = "dev/options.md";
const INTRODUCTION: &str = "\
# Every option

An option of `cargo gin dev` can be given on the command line, by its variable, and as a key in `[package.metadata.gin]` or
`[workspace.metadata.gin]` of `Cargo.toml`. The command line wins over the variable, that over the package, and that over the workspace.
An empty variable counts as unset.

```toml
[package.metadata.gin]
port = 8000
allowed-host = [\"app.test\"]
exclude-dir = [\"frontend\"]
open = true
```

Times are written as `500ms`, `2s` or `1m`. `-h` shows the options that most projects need, `--help` all.
";

#[test]
fn the_page_of_options_is_that_of_the_command_line() {
    let page = page();
    let file = sources().join(PAGE);
    if std::env::var_os(UPDATE).is_some() {
        fs::write(&file, &page).expect("the page can be written");
    }
    let found = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        found == page,
        "docs/src/{PAGE} does not have the options of today; this writes it:\n\
         {UPDATE}=1 cargo test -p cargo-gin --lib book"
    );
}

fn page() -> String {
    let mut cli = Cli::parser();
    cli.build();
    let dev = cli.find_subcommand("dev").expect("it is a command");
    let about = dev.get_about().map(ToString::to_string).unwrap_or_default();
    let mut text = format!("{INTRODUCTION}\n## cargo gin dev\n\n{about}.\n");
    for (group, arguments) in groups(dev) {
        let _ = write!(text, "\n### {group}\n\n{}", list(&arguments));
    }
    let others = cli.get_subcommands();
    for command in others.filter(|command| !matches!(command.get_name(), "dev" | "help")) {
        text.push_str(&section(command, dev));
    }
    text
}

/// Writes the section of another command: its own options, and the groups that it shares with `dev`.
fn section(command: &Command, dev: &Command) -> String {
    let about = command.get_about().map(ToString::to_string);
    let about = about.unwrap_or_default();
    let mut text = format!("\n## cargo gin {}\n\n{about}.\n", command.get_name());
    let is_shared = |arg: &Arg| {
        let mut others = dev.get_arguments();
        others.any(|other| other == arg && other.get_long() == arg.get_long())
    };
    let (mut own, mut shared) = (Vec::new(), Vec::new());
    for (_, arguments) in groups(command) {
        for arg in arguments {
            if is_shared(arg) {
                shared.push(name(arg));
            } else {
                own.push(arg);
            }
        }
    }
    if !own.is_empty() {
        let _ = write!(text, "\n{}", list(&own));
    }
    if !shared.is_empty() {
        let _ = writeln!(text, "\nAs with `dev`: {}.", shared.join(", "));
    }
    text
}

/// Returns the arguments below each heading of the help.
fn groups(command: &Command) -> Vec<(&str, Vec<&Arg>)> {
    let mut found: Vec<(&str, Vec<&Arg>)> = Vec::new();
    for arg in command.get_arguments() {
        if matches!(arg.get_id().as_str(), "help" | "version") {
            continue;
        }
        let heading = arg.get_help_heading().unwrap_or("Arguments");
        match found.iter_mut().find(|(group, _)| *group == heading) {
            Some((_, arguments)) => arguments.push(arg),
            None => found.push((heading, vec![arg])),
        }
    }
    found
}

fn list(arguments: &[&Arg]) -> String {
    arguments.iter().map(|arg| item(arg)).collect()
}

/// Writes an option: its names, its text, and its values, default and variable.
fn item(arg: &Arg) -> String {
    let help = arg.get_help().map(ToString::to_string);
    let help = help.unwrap_or_default();
    let (help, default) = match help.split_once(" [default: ") {
        Some((help, rest)) => (help, Some(rest.replacen(']', "", 1))),
        None => (help.as_str(), default(arg)),
    };
    let mut text = format!("- {}: {help}.", names(arg));
    let values = arg.get_possible_values();
    if takes_value(arg) && !values.is_empty() {
        let values: Vec<String> = values
            .iter()
            .map(|value| format!("`{}`", value.get_name()))
            .collect();
        let _ = write!(text, " Values: {}.", values.join(", "));
    }
    if let Some(default) = default {
        let _ = write!(text, " Default: {default}.");
    }
    if let Some(variable) = arg.get_env() {
        let _ = write!(text, " Variable: `{}`.", variable.display());
    }
    text.push('\n');
    text
}

/// Returns the names of an option, the short one first, with its value: `` `-p`, `--package SPEC` ``.
fn names(arg: &Arg) -> String {
    let value = arg.get_value_names().and_then(|names| names.first());
    let value = value.filter(|_| takes_value(arg));
    let value = value.map(|value| format!(" {value}")).unwrap_or_default();
    let short = arg.get_short();
    let short = short.map(|short| format!("`-{short}`, "));
    match arg.get_long() {
        Some(long) => format!("{}`--{long}{value}`", short.unwrap_or_default()),
        None => format!("`{}`", value.trim()),
    }
}

fn name(arg: &Arg) -> String {
    let long = arg.get_long();
    long.map_or_else(|| names(arg), |long| format!("`--{long}`"))
}

fn default(arg: &Arg) -> Option<String> {
    match arg.get_default_values() {
        [default] if takes_value(arg) => Some(format!("`{}`", default.display())),
        _ => None,
    }
}

fn takes_value(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Set | ArgAction::Append)
}
