//! The commands of `cargo gin`.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::cli::dev::{BuildOptions, Dev, Selection};
use crate::cli::launch::{EnvFileOptions, LaunchOptions};
use crate::cli::tune::Tune;
use crate::cli::{help, variables};

/// The inner loop of Rust web development.
#[derive(Debug, Parser)]
#[command(name = "cargo-gin", version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Cli {
    /// Builds the parser of the command line and of its variables.
    pub(crate) fn parser() -> clap::Command {
        let brief = Cli::command().mut_subcommand("dev", help::brief);
        variables::forgiving(brief)
    }
}

/// A command of `cargo gin`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Build, run and watch an app behind a proxy that never refuses a request
    ///
    /// Save a file, and the next response comes from the new code, or is a page that shows why the code does not build or
    /// run. Works with any Rust web app that listens on `$PORT`, takes a socket from `LISTEN_FDS`, or always uses the port
    /// given to `--app-port`.
    ///
    /// Every option can also be set by the variable shown beside it, or as a key in [package.metadata.gin] or
    /// [workspace.metadata.gin] of Cargo.toml. An option beats a variable, which beats the package, which beats the
    /// workspace. An empty variable counts as unset.
    Dev(Box<Dev>),
    /// Start a new project
    New(New),
    /// Print the variables that the .env files set
    Env(Env),
    /// Print the routes of an app on gin-core
    ///
    /// Builds the app and starts it. In place of listening, it lists its routes and exits. All that it does before that, it does
    /// here too: it reads its settings, for example, and connects to its database.
    Routes(Routes),
    /// Print a client for an app on gin-core
    ///
    /// The app's gin-core needs the feature `openapi`. The client has the app's types, and a function for each route that an
    /// attribute has made.
    Client(Client),
    /// Measure which settings would make an edit's build faster
    ///
    /// Edits a line of a source file in a copy of the project, and builds it under each setting in turns with today's
    /// settings: linkers, debug information, incremental compilation, optimized macros. Shows what gains more than the
    /// spread of the measurements, and at what cost. The gain is offered as a change of Cargo.toml and .cargo/config.toml.
    /// Nothing is written before you agree, and `--undo` takes it back.
    ///
    /// The copy, with the compiled dependencies, lies in the target directory and is deleted at the end.
    Tune(Box<Tune>),
    /// Print a script that completes commands and options in a shell
    ///
    /// The script completes `cargo gin` and `cargo-gin`:
    ///
    /// bash: eval "$(cargo gin completions bash)" in ~/.bashrc, below the line that loads bash-completion
    ///
    /// zsh: cargo gin completions zsh > DIR/_cargo-gin, where DIR is in $fpath and has cargo's own _cargo, too
    ///
    /// fish: cargo gin completions fish > ~/.config/fish/conf.d/cargo-gin.fish
    ///
    /// elvish: eval (cargo gin completions elvish | slurp) in rc.elv
    ///
    /// `PowerShell`: cargo gin completions powershell | Out-String | Invoke-Expression in $PROFILE
    #[command(verbatim_doc_comment)]
    Completions(Completions),
    /// Print the manual page, or write one for each command into a directory
    ///
    /// `cargo gin man ~/.local/share/man/man1` makes them available as `man cargo-gin` and `man cargo-gin-dev`.
    Man(Manual),
}

/// `cargo gin new`.
#[derive(Debug, Args)]
pub(crate) struct New {
    /// Create the project in this directory; its last part is the package's name
    #[arg(value_name = "PATH", required_unless_present = "list")]
    pub(crate) path: Option<PathBuf>,
    /// Name the package [default: the name of the directory]
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Start from this template [default: a choice on a terminal, else hello]
    #[arg(long, env = "GIN_TEMPLATE", hide_possible_values = true)]
    pub(crate) template: Option<TemplateName>,
    /// Print the templates, and create nothing
    #[arg(long)]
    pub(crate) list: bool,
    /// Depend on the gin-core in this directory [default: that of the checkout that cargo-gin was built from]
    #[arg(long, env = "GIN_GIN_PATH", value_name = "DIR")]
    pub(crate) gin_path: Option<PathBuf>,
    /// Do not create a git repository
    #[arg(long)]
    pub(crate) no_git: bool,
}

/// The embedded templates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TemplateName {
    /// A page and a greeting, in one file
    Hello,
    /// A JSON service with a database, OpenAPI, metrics, and manifests to deploy it
    Api,
    /// Pages with forms, a login, uploads and styles
    Web,
    /// A chat over WebSocket and server-sent events, across instances
    Realtime,
}

/// `cargo gin env`.
#[derive(Debug, Args)]
pub(crate) struct Env {
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) files: EnvFileOptions,
}

/// `cargo gin routes`.
#[derive(Debug, Args)]
pub(crate) struct Routes {
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) build: BuildOptions,
    #[command(flatten)]
    pub(crate) launch: LaunchOptions,
    /// Print the routes as a JSON array, on one line
    #[arg(long)]
    pub(crate) json: bool,
}

/// `cargo gin client`.
#[derive(Debug, Args)]
pub(crate) struct Client {
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) build: BuildOptions,
    #[command(flatten)]
    pub(crate) launch: LaunchOptions,
    /// Write TypeScript
    #[arg(long, required = true)]
    pub(crate) ts: bool,
    /// Write the client to this file [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// `cargo gin completions`.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// Write for this shell
    pub(crate) shell: Shell,
}

/// `cargo gin man`.
#[derive(Debug, Args)]
pub(crate) struct Manual {
    /// Write a page for each command into this directory [default: print the page that lists them]
    #[arg(value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}
