//! The servers, each with one route over TLS.

use std::env;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use gin_bench::Process;
use gin_bench::process::{listener, on_one_thread};

use crate::identity::Identity;
use crate::{actix_app, axum_app, gin_app, hyper_app};

/// A server that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Server {
    Hyper,
    Gin,
    Axum,
    Actix,
}

impl Server {
    pub(crate) const ALL: [Server; 4] = [Server::Hyper, Server::Gin, Server::Axum, Server::Actix];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Server::Hyper => "hyper",
            Server::Gin => "gin",
            Server::Axum => "axum",
            Server::Actix => "actix",
        }
    }

    /// The name of its column.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Server::Hyper => "bare hyper",
            Server::Gin => "gin",
            Server::Axum => "axum-server",
            Server::Actix => "actix-web",
        }
    }

    pub(crate) fn named(name: &str) -> Result<Server> {
        let server = Server::ALL.into_iter().find(|server| server.name() == name);
        server.with_context(|| format!("there is no server `{name}`"))
    }

    /// Starts it in a process of its own.
    pub(crate) fn start(self, identity: &Identity) -> Result<Process> {
        let mut command = Command::new(env::current_exe()?);
        let command = command.args(["serve", self.name()]);
        Process::start(command.arg(identity.directory()))
    }

    /// Serves with the certificate of `directory` until standard input ends.
    pub(crate) fn serve(self, directory: &Path) -> Result<()> {
        let listener = listener()?;
        match self {
            Server::Hyper => on_one_thread(hyper_app::serve(listener, directory)),
            Server::Gin => on_one_thread(gin_app::serve(listener, directory)),
            Server::Axum => on_one_thread(axum_app::serve(listener, directory)),
            Server::Actix => actix_app::serve(listener, directory),
        }
    }
}
