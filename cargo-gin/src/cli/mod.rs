//! The command line as types; no logic.

#[cfg(test)]
pub(crate) mod book;
mod command;
mod dev;
mod help;
mod invocation;
mod launch;
mod network;
mod polling;
mod tls;
mod tune;
mod values;
mod variables;

pub(crate) use command::{
    Cli, Client, Command, Completions, Env, Manual, New, Routes, TemplateName,
};
pub(crate) use dev::{
    Actions, AddressOptions, BuildOptions, DEFAULT_PORT, Dev, EditorOptions, MessageFormat,
    PageOptions, Restart, RunOptions, Selection, TerminalOptions, WatchOptions,
};
pub(crate) use invocation::Invocation;
pub(crate) use launch::{EnvFileOptions, LaunchOptions};
pub(crate) use network::TrustedProxy;
pub(crate) use polling::Polling;
pub(crate) use tls::{Certificate, TlsOptions};
pub(crate) use tune::{CandidateName, Tune};
