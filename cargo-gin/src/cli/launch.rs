//! The options of the app's start that `cargo run` leaves to the shell.

use std::path::PathBuf;

use clap::Args;

/// The options of the app's start.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Running")]
pub(crate) struct LaunchOptions {
    /// Run the app in this directory [default: the current one, as with `cargo run`]
    #[arg(long, env = "GIN_CWD", value_name = "DIR")]
    pub(crate) cwd: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) files: EnvFileOptions,
}

/// The files of variables.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Running")]
pub(crate) struct EnvFileOptions {
    /// Read variables from this file, too, before .env.local and .env; repeatable, later files win
    #[arg(long, env = "GIN_ENV_FILE", value_name = "FILE", value_delimiter = ',')]
    pub(crate) env_file: Vec<PathBuf>,
}
