//! Runs cargo, or the compilers without it, and turns the messages into a [`Build`].

mod build;
mod command;
mod fast;
mod last_words;
mod message;
mod stderr;

pub(crate) use build::{Artifact, Artifacts, Build, Observer, build};
pub(crate) use command::{Subcommand, command};
pub(crate) use fast::{Fast, LINKS_EARLY, Lesson, Reason, Start, Transcript, stand_in};
pub(crate) use message::{Line, message};
