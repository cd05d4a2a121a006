//! `cargo gin`: save a file, and the next response comes from the new code, or is a page that shows why it does not build or
//! run.
//!
//! The modules, in the order in which to read them:
//!
//! - `cli`, `new`, `routes`, `client`: the command line, and the commands `new`, `routes` and `client`.
//! - `tune`: the command `tune`, which measures the settings of builds.
//! - `completions`, `manual`: the command line for shells and for `man`.
//! - `dev`, `state`: the loop of `cargo gin dev`, and the status that it publishes.
//! - `watcher`, `inputs`, `workspace`, `builder`, `runner`: from a saved file to a running app.
//! - `sides`, `hooks`: processes beside the app; commands that run before the build, before the app and beside it.
//! - `proxy`, `assets`: from a browser to the app; files that browsers reload without a build.
//! - `tls`: certificates of the dev server.
//! - `page`, `terminal`: the status as pages and as lines.
//! - `diagnostics`, `source`, `panic`, `incidents`: failures of builds and of the app, as data. `text` masks their secrets.
//! - `fix`, `editor`: rustc's suggestions as edits, and the user's editor.
//! - `cargo`, `os`: cargo's commands and configuration; processes, ports and locks.

mod cli;
mod client;
mod completions;
mod manual;
mod new;
mod routes;
mod tune;

mod dev;
mod state;

mod builder;
mod hooks;
mod inputs;
mod runner;
mod sides;
mod watcher;
mod workspace;

mod assets;
mod proxy;
mod remedies;
mod tls;

mod page;
mod terminal;

mod diagnostics;
mod incidents;
mod panic;
mod source;
mod text;

mod editor;
mod fix;

mod cargo;
mod os;

#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use clap::FromArgMatches as _;
use cli::{Cli, Command, Invocation};
use dev::Settings;
#[cfg(unix)]
use os::{reaper, shim};

/// Runs the command with the arguments of this process.
#[must_use = "it is the exit code of the process"]
pub fn main() -> ExitCode {
    match run(std::env::args_os().collect()) {
        Ok(code) => code,
        Err(error) => {
            let mark = console::style("error:").for_stderr().red().bold();
            // If standard error is closed, nobody reads the message.
            let _ = writeln!(std::io::stderr(), "{mark} {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: Vec<OsString>) -> anyhow::Result<ExitCode> {
    if let [program, words @ ..] = args.as_slice()
        && let Some(result) = builder::stand_in(program, words)
    {
        return result;
    }
    match args.get(1).and_then(|arg| arg.to_str()) {
        #[cfg(unix)]
        Some(reaper::Reaper::FLAG) => {
            reaper::reap(args.get(2).map(OsString::as_os_str));
            return Ok(ExitCode::SUCCESS);
        }
        #[cfg(unix)]
        Some(shim::FLAG) => match shim::exec(args.into_iter().skip(2))? {},
        _ => {}
    }
    let Invocation { args, name } = Invocation::new(args);
    let matches = Cli::parser().bin_name(name).get_matches_from(&args);
    match Cli::from_arg_matches(&matches)?.command {
        Command::Dev(dev) => dev::run(&Settings::new(args, &matches, *dev)),
        Command::New(new) => new::run(&new),
        Command::Env(env) => dev::print_env(&env),
        Command::Routes(routes) => routes::print(&routes),
        Command::Client(client) => client::print(&client),
        Command::Tune(tune) => tune::run(&tune),
        Command::Completions(options) => completions::print(&options),
        Command::Man(options) => manual::write(&options),
    }
}
