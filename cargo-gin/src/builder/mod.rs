//! Runs cargo and turns its messages into a [`Build`].

mod build;
mod message;
mod stderr;

pub(crate) use build::{Artifact, Artifacts, Build, Observer, Subcommand, build, command};
pub(crate) use message::{Line, message};
