//! Runs cargo; its JSON lines become a [`Build`].

mod build;
mod lines;
mod message;
mod stderr;

pub(crate) use build::{Artifact, Build, Observer, build, command};
