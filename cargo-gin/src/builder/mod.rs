//! Runs cargo and turns its messages into a [`Build`].

mod build;
mod lines;
mod message;
mod stderr;

pub(crate) use build::{Artifact, Build, Observer, build, command};
