//! The options of `cargo gin dev`.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::cli::launch::LaunchOptions;
use crate::cli::polling::{Polling, polling};
use crate::cli::tls::TlsOptions;
use crate::cli::values::{address, app_port, app_port_variable, duration, mapping, port};

/// `cargo gin dev`.
#[derive(Debug, Args)]
pub(crate) struct Dev {
    /// Pass these arguments, after `--`, to the app
    #[arg(last = true, value_name = "ARGS")]
    pub(crate) args: Vec<String>,
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) build: BuildOptions,
    /// After an edit of sources, call rustc without cargo, and start the app before it is linked as a whole
    #[arg(long, env = "GIN_FAST", help_heading = "Build")]
    pub(crate) fast: bool,
    #[command(flatten)]
    pub(crate) addresses: AddressOptions,
    #[command(flatten)]
    pub(crate) tls: TlsOptions,
    #[command(flatten)]
    pub(crate) watch: WatchOptions,
    #[command(flatten)]
    pub(crate) run: RunOptions,
    #[command(flatten)]
    pub(crate) launch: LaunchOptions,
    #[command(flatten)]
    pub(crate) sides: SideOptions,
    #[command(flatten)]
    pub(crate) pages: PageOptions,
    #[command(flatten)]
    pub(crate) terminal: TerminalOptions,
}

/// The binary to run.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Target")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "these are cargo's own switches"
)]
pub(crate) struct Selection {
    /// Select the package to run: its name, NAME@VERSION, or another package id specification
    #[arg(short, long, env = "GIN_PACKAGE", value_name = "SPEC")]
    pub(crate) package: Option<String>,
    /// Select the binary to run
    #[arg(long, env = "GIN_BIN", value_name = "NAME", conflicts_with = "example")]
    pub(crate) bin: Option<String>,
    /// Select the example to run
    #[arg(long, env = "GIN_EXAMPLE", value_name = "NAME")]
    pub(crate) example: Option<String>,
    /// Use this Cargo.toml
    #[arg(long, env = "GIN_MANIFEST_PATH", value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,
    /// Activate these features, separated by commas or spaces
    #[arg(short = 'F', long, env = "GIN_FEATURES", value_name = "FEATURES")]
    pub(crate) features: Vec<String>,
    /// Activate all features
    #[arg(long, env = "GIN_ALL_FEATURES")]
    pub(crate) all_features: bool,
    /// Do not activate the `default` feature
    #[arg(long, env = "GIN_NO_DEFAULT_FEATURES")]
    pub(crate) no_default_features: bool,
    /// Require that Cargo.lock is up to date
    #[arg(long, env = "GIN_LOCKED")]
    pub(crate) locked: bool,
    /// Run without accessing the network
    #[arg(long, env = "GIN_OFFLINE")]
    pub(crate) offline: bool,
    /// Set both --locked and --offline
    #[arg(long, env = "GIN_FROZEN")]
    pub(crate) frozen: bool,
    /// Override a value of cargo's configuration; repeatable
    #[arg(long, env = "GIN_CONFIG", value_name = "KEY=VALUE|PATH")]
    pub(crate) config: Vec<String>,
}

/// The options of the build.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Build")]
pub(crate) struct BuildOptions {
    /// Build with optimizations
    #[arg(short, long, env = "GIN_RELEASE", conflicts_with = "profile")]
    pub(crate) release: bool,
    /// Build with this profile
    #[arg(long, env = "GIN_PROFILE", value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Build for this target triple
    #[arg(long, env = "GIN_TARGET", value_name = "TRIPLE")]
    pub(crate) target: Option<String>,
    /// Put all generated artifacts into this directory
    #[arg(long, env = "GIN_TARGET_DIR", value_name = "DIR")]
    pub(crate) target_dir: Option<PathBuf>,
    /// Pass more arguments to `cargo build`, split as a shell would
    #[arg(
        long,
        alias = "buildArgs",
        env = "GIN_BUILD_ARGS",
        value_name = "ARGS",
        allow_hyphen_values = true
    )]
    pub(crate) build_args: Option<String>,
    /// Run `cargo clippy` once the app is ready, and add its findings to the warnings
    #[arg(long, env = "GIN_CLIPPY")]
    pub(crate) clippy: bool,
}

/// The port of a dev server that is given none.
pub(crate) const DEFAULT_PORT: u16 = 3000;

/// The addresses of the dev server and the app.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Addresses")]
pub(crate) struct AddressOptions {
    /// Listen on this address; 0.0.0.0 exposes the app to the network
    #[arg(
        short,
        long,
        alias = "host",
        env = "GIN_LADDR",
        value_name = "ADDRESS",
        default_value = "127.0.0.1",
        value_parser = address
    )]
    pub(crate) laddr: IpAddr,
    /// Listen on this port; 0 picks a free one [default: 3000, or 3001 if the app's source has 3000]
    #[arg(long, env = "GIN_PORT", value_parser = port)]
    pub(crate) port: Option<u16>,
    /// Run the app on this port, passed to it as $PORT [default: a free one at each start]
    #[arg(
        short,
        long,
        alias = "appPort",
        env = app_port_variable(),
        value_name = "PORT",
        value_parser = app_port
    )]
    pub(crate) app_port: Option<u16>,
    /// Accept requests for this host name, too; repeatable
    #[arg(
        long,
        env = "GIN_ALLOWED_HOST",
        value_name = "HOST",
        value_delimiter = ','
    )]
    pub(crate) allowed_host: Vec<String>,
    /// Open the browser once the app is ready
    #[arg(long, env = "GIN_OPEN")]
    pub(crate) open: bool,
    /// Do not add the script that reloads the app's pages
    #[arg(long, env = "GIN_NO_RELOAD")]
    pub(crate) no_reload: bool,
}

/// The options of the watcher.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Watching")]
pub(crate) struct WatchOptions {
    /// Watch this path, too: a change rebuilds, and restarts the app; repeatable
    #[arg(
        short = 't',
        long,
        env = "GIN_PATH",
        value_name = "PATH",
        value_delimiter = ','
    )]
    pub(crate) path: Vec<PathBuf>,
    /// Do not watch this directory; repeatable
    #[arg(
        short = 'x',
        long,
        alias = "excludeDir",
        env = "GIN_EXCLUDE_DIR",
        value_name = "DIR",
        value_delimiter = ','
    )]
    pub(crate) exclude_dir: Vec<PathBuf>,
    /// Rebuild and restart when any watched file changes, not only those that the build reads
    #[arg(long, env = "GIN_ALL")]
    pub(crate) all: bool,
    /// Poll the files at this interval; `auto` polls only mounts that others change without events (network, virtual machines),
    /// `never` none
    #[arg(
        long,
        env = "GIN_POLL",
        value_name = "INTERVAL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "500ms",
        default_value = "auto",
        value_parser = polling
    )]
    pub(crate) poll: Polling,
    /// End a burst of changes after this quiet time; a single save builds at once
    #[arg(
        long,
        env = "GIN_DEBOUNCE",
        value_name = "TIME",
        default_value = "30ms",
        value_parser = duration
    )]
    pub(crate) debounce: Duration,
}

/// The options of the app's process.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Running")]
#[expect(clippy::struct_excessive_bools, reason = "these are switches")]
pub(crate) struct RunOptions {
    /// Start the app after the build (the default)
    #[arg(short, long, env = "GIN_IMMEDIATE", conflicts_with = "lazy")]
    pub(crate) immediate: bool,
    /// Start the app on the first request
    #[arg(long, env = "GIN_LAZY")]
    pub(crate) lazy: bool,
    /// Hold a request for at most this long while the app builds and starts
    #[arg(
        long,
        env = "GIN_HOLD",
        value_name = "TIME",
        default_value = "60s",
        value_parser = duration
    )]
    pub(crate) hold: Duration,
    /// Give the app this long to exit after SIGTERM
    #[arg(
        long,
        env = "GIN_GRACE",
        value_name = "TIME",
        default_value = "2s",
        value_parser = duration
    )]
    pub(crate) grace: Duration,
    /// Start the new app before stopping the old one
    #[arg(long, env = "GIN_OVERLAP")]
    pub(crate) overlap: bool,
    /// Start an app that crashed again, after a pause that grows from 1s to 30s, until it crashes twice at the same place; a save always does
    #[arg(
        long,
        env = "GIN_RESTART",
        value_name = "WHEN",
        default_value = "never"
    )]
    pub(crate) restart: Restart,
    /// Build and run once, and exit with the app's exit code: no save rebuilds
    #[arg(long, env = "GIN_ONCE", conflicts_with = "restart")]
    pub(crate) once: bool,
    /// Build and show the pages, but start neither the app nor the processes beside it
    #[arg(long, env = "GIN_NO_RUN", conflicts_with_all = ["lazy", "restart", "overlap", "with"])]
    pub(crate) no_run: bool,
}

/// The occasions to start an app again that has crashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Restart {
    /// None.
    Never,
    /// The first request after the pause.
    OnRequest,
    /// The end of the pause.
    Always,
}

/// The choice of the processes beside the app.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Running")]
pub(crate) struct SideOptions {
    /// Run only these processes beside the app [default: all in package.metadata.gin.with]; repeatable
    #[arg(
        long,
        env = "GIN_WITH",
        value_name = "NAME",
        value_delimiter = ',',
        conflicts_with = "no_with"
    )]
    pub(crate) with: Vec<String>,
    /// Run no process beside the app
    #[arg(long, env = "GIN_NO_WITH")]
    pub(crate) no_with: bool,
    /// Run no hooks: the commands in package.metadata.gin.on
    #[arg(long, env = "GIN_NO_HOOKS")]
    pub(crate) no_hooks: bool,
}

/// The options of the pages at `/__gin/`.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Pages")]
pub(crate) struct PageOptions {
    /// Show the errors of a broken build over the app's pages. Default: over those that were used, where something typed would be lost
    #[arg(long, env = "GIN_OVERLAY", conflicts_with = "no_overlay")]
    pub(crate) overlay: bool,
    /// Show the errors in place of the app's pages
    #[arg(long, env = "GIN_NO_OVERLAY")]
    pub(crate) no_overlay: bool,
    /// Let these clients apply rustc's suggestions, open the editor and see recent requests
    #[arg(long, env = "GIN_ACTIONS", value_name = "WHO", default_value = "local")]
    pub(crate) actions: Actions,
    /// Keep the bodies of recent requests, up to 64 KiB each, for viewing and resending
    #[arg(long, env = "GIN_RECORD_BODIES")]
    pub(crate) record_bodies: bool,
    #[command(flatten)]
    pub(crate) editor: EditorOptions,
}

/// The clients that may act on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Actions {
    /// Browsers on this machine, as long as no other machine can reach the dev server.
    Local,
    /// Every client that can see the pages.
    Everyone,
    /// No client.
    Nobody,
}

/// The user's editor.
#[derive(Clone, Debug, Args)]
pub(crate) struct EditorOptions {
    /// Open files from pages with this command; {file}, {line} and {column} stand for the place [default: that of VISUAL or EDITOR]
    #[arg(long, env = "GIN_EDITOR", value_name = "COMMAND")]
    pub(crate) editor: Option<String>,
    /// Replace FROM at the start of a path by TO, for an editor outside this container; repeatable
    #[arg(
        long,
        env = "GIN_EDITOR_PATH",
        value_name = "FROM=TO",
        value_delimiter = ',',
        value_parser = mapping
    )]
    pub(crate) editor_path: Vec<(PathBuf, PathBuf)>,
}

/// The options of the terminal.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Terminal")]
pub(crate) struct TerminalOptions {
    /// Start the dev server's own lines with this text
    #[arg(
        long,
        alias = "logPrefix",
        env = "GIN_LOG_PREFIX",
        value_name = "TEXT",
        default_value = "gin"
    )]
    pub(crate) log_prefix: String,
    /// Show only errors and the app's own output
    #[arg(short, long, env = "GIN_QUIET")]
    pub(crate) quiet: bool,
    /// Show a notification on the desktop when a build fails or the app crashes, and when it works again (Linux, macOS)
    #[arg(long, env = "GIN_NOTIFICATIONS")]
    pub(crate) notifications: bool,
    /// Print lines for humans, or one JSON event a line for tools
    #[arg(
        long,
        env = "GIN_MESSAGE_FORMAT",
        value_name = "FORMAT",
        default_value = "human"
    )]
    pub(crate) message_format: MessageFormat,
}

/// The format of the terminal's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MessageFormat {
    /// Lines for humans.
    Human,
    /// One JSON event a line, for tools.
    Json,
}
