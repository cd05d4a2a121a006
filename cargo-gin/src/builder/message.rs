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
    /// A build script has run, now or before.
    Script(Script),
}

/// A crate that is done.
pub(super) struct Artifact {
    pub(super) package: String,
    pub(super) name: String,
    pub(super) kinds: Vec<String>,
    pub(super) executable: Option<PathBuf>,
}

/// What a build script asked for.
#[derive(Deserialize)]
pub(super) struct Script {
    #[serde(rename = "package_id")]
    pub(super) package: String,
    pub(super) out_dir: PathBuf,
    /// For its own package.
    pub(super) env: Vec<(String, String)>,
    linked_paths: Vec<String>,
}

impl Script {
    /// The folders in which it has libraries looked for.
    pub(super) fn libraries(&self) -> impl Iterator<Item = PathBuf> {
        let folders = self.linked_paths.iter().map(|path| {
            let (kind, folder) = path.split_once('=').unwrap_or(("", path));
            let is_kind = matches!(
                kind,
                "all" | "crate" | "dependency" | "framework" | "native"
            );
            if is_kind { folder } else { path }
        });
        folders.map(PathBuf::from)
    }
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
        Json::CompilerArtifact {
            package_id,
            target,
            executable,
        } => Some(Line::Artifact(Artifact {
            package: package_id,
            name: target.name,
            kinds: target.kind,
            executable,
        })),
        Json::BuildScriptExecuted(script) => Some(Line::Script(script)),
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
        package_id: String,
        target: Target,
        executable: Option<PathBuf>,
    },
    BuildScriptExecuted(Script),
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}
