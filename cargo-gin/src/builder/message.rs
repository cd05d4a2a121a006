//! A line of `cargo build --message-format=json`.

use std::path::PathBuf;

use serde::Deserialize;

use crate::diagnostics::{Diagnostic, Message, Origin};

/// What a line told that we want to know.
pub(super) enum Line {
    /// Something about the code.
    Diagnostic(Diagnostic),
    /// A crate is done.
    Artifact(Artifact),
}

/// A crate that is done.
pub(super) struct Artifact {
    pub(super) name: String,
    pub(super) kinds: Vec<String>,
    pub(super) executable: Option<PathBuf>,
}

/// Reads a line. Lines of other kinds, and what is no JSON at all, tell nothing.
pub(super) fn parse(line: &[u8]) -> Option<Line> {
    match serde_json::from_slice(line).ok()? {
        Json::CompilerMessage { target, message } => {
            let origin = if message.message.starts_with("linking with ") {
                Origin::Linker
            } else {
                Origin::Rustc
            };
            Some(Line::Diagnostic(Diagnostic {
                origin,
                package: target.name,
                message,
            }))
        }
        Json::CompilerArtifact { target, executable } => Some(Line::Artifact(Artifact {
            name: target.name,
            kinds: target.kind,
            executable,
        })),
        Json::Other => None,
    }
}

#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Json {
    CompilerMessage {
        target: Target,
        message: Message,
    },
    CompilerArtifact {
        target: Target,
        executable: Option<PathBuf>,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}
