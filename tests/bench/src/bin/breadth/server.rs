//! The servers, each with the same routes: a directory, an upload, events, WebSocket, a session and a page.

use std::path::Path;

use anyhow::{Context, Result};
use gin_bench::process::{listener, on_one_thread};

use crate::{actix_app, axum_app, gin_app};

/// A server that is measured. All of them are on one thread, with another one or more for files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Server {
    Gin,
    Axum,
    Actix,
}

/// The events that a client may be behind.
pub(crate) const BACKLOG: usize = 16;

/// The most that a body may have, in bytes.
pub(crate) const BODY_LIMIT: usize = 1 << 30;

impl Server {
    pub(crate) const ALL: [Server; 3] = [Server::Gin, Server::Axum, Server::Actix];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Server::Gin => "gin",
            Server::Axum => "axum",
            Server::Actix => "actix",
        }
    }

    /// The name of its column.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Server::Gin => "gin",
            Server::Axum => "axum",
            Server::Actix => "actix-web",
        }
    }

    pub(crate) fn named(name: &str) -> Result<Server> {
        let server = Server::ALL.into_iter().find(|server| server.name() == name);
        server.with_context(|| format!("there is no server `{name}`"))
    }

    /// Serves the files of `directory`, and everything else, until standard input ends.
    pub(crate) fn serve(self, directory: &Path) -> Result<()> {
        let listener = listener()?;
        match self {
            Server::Gin => on_one_thread(gin_app::serve(listener, directory)),
            Server::Axum => on_one_thread(axum_app::serve(listener, directory)),
            Server::Actix => actix_app::serve(listener, directory),
        }
    }
}
