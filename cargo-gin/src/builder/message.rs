//! The messages of `cargo build --message-format=json`, one a line.

use std::path::PathBuf;

use serde::Deserialize;

use crate::cargo::Lines;
use crate::diagnostics::{Diagnostic, Message, Origin, size, unlinked};

/// A message that matters to us.
pub(super) enum CargoMessage {
    Diagnostic(Diagnostic),
    Compiled(CompiledTarget),
    /// A build script has run, in this build or an earlier one.
    Script(ScriptOutput),
}

/// A target that is compiled, now or earlier.
pub(super) struct CompiledTarget {
    pub(super) package: String,
    pub(super) manifest: PathBuf,
    pub(super) name: String,
    pub(super) kinds: Vec<String>,
    pub(super) executable: Option<PathBuf>,
}

impl CompiledTarget {
    /// Returns `true` for the program of a build script.
    pub(super) fn is_script(&self) -> bool {
        self.kinds.iter().any(|kind| kind == "custom-build")
    }
}

/// The settings that a build script has printed.
#[derive(Deserialize)]
pub(super) struct ScriptOutput {
    #[serde(rename = "package_id")]
    pub(super) package: String,
    pub(super) out_dir: PathBuf,
    /// Variables for its own package.
    pub(super) env: Vec<(String, String)>,
    linked_paths: Vec<String>,
}

impl ScriptOutput {
    /// Returns the directories that it adds to the linker's search path. Cargo may prefix each by a kind: `native=/usr/lib`.
    pub(super) fn libraries(&self) -> impl Iterator<Item = PathBuf> {
        let directories = self.linked_paths.iter().map(|path| {
            let (kind, directory) = path.split_once('=').unwrap_or(("", path));
            let is_kind = matches!(
                kind,
                "all" | "crate" | "dependency" | "framework" | "native"
            );
            if is_kind { directory } else { path }
        });
        directories.map(PathBuf::from)
    }
}

/// A line of the output of a command that may be cargo.
pub(crate) enum Line {
    Diagnostic(Box<Diagnostic>),
    /// A message of cargo without a diagnostic.
    OtherMessage,
    Text,
}

/// Returns the message of a line, if cargo has written it.
pub(crate) fn message(line: &[u8]) -> Line {
    // Cargo writes nothing before the reason.
    if !line.starts_with(b"{\"reason\":") {
        return Line::Text;
    }
    match CargoMessage::parse(line) {
        Some(CargoMessage::Diagnostic(diagnostic)) => Line::Diagnostic(Box::new(diagnostic)),
        Some(CargoMessage::Compiled(_) | CargoMessage::Script(_)) | None => Line::OtherMessage,
    }
}

impl CargoMessage {
    /// Parses a line. Returns `None` for other messages, and for text that is not JSON.
    pub(super) fn parse(line: &[u8]) -> Option<CargoMessage> {
        let Ok(message) = serde_json::from_slice(line) else {
            return CargoMessage::unreadable(line);
        };
        match message {
            Json::CompilerMessage {
                target,
                mut message,
            } => {
                let origin = if message.message.starts_with("linking with ") {
                    // rustc's own sentence names only the linker.
                    let mut notes = message.children.iter();
                    let sentence = notes.find_map(|note| unlinked(&note.message));
                    message.message = sentence.unwrap_or(message.message);
                    Origin::Linker
                } else {
                    Origin::Rustc
                };
                let diagnostic = Diagnostic::new(origin, &target.name, message);
                Some(CargoMessage::Diagnostic(diagnostic))
            }
            Json::CompilerArtifact {
                package_id,
                manifest_path,
                target,
                executable,
            } => Some(CargoMessage::Compiled(CompiledTarget {
                package: package_id,
                manifest: manifest_path,
                name: target.name,
                kinds: target.kind,
                executable,
            })),
            Json::BuildScriptExecuted(script) => Some(CargoMessage::Script(script)),
            Json::Other => None,
        }
    }

    /// Returns a warning in place of a compiler's message that cannot be read. Its level is unknown.
    fn unreadable(line: &[u8]) -> Option<CargoMessage> {
        if !line.starts_with(b"{\"reason\":\"compiler-message\"") {
            return None;
        }
        let most = size(Lines::<&[u8]>::LIMIT);
        let text = format!(
            "a message of the compiler is longer than {most}, or has a newer format, and is not shown; `cargo build` prints it"
        );
        let warning = Diagnostic::warning(Origin::Gin, &text);
        Some(CargoMessage::Diagnostic(warning))
    }
}

#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Json {
    CompilerMessage {
        target: TargetJson,
        message: Message,
    },
    CompilerArtifact {
        package_id: String,
        manifest_path: PathBuf,
        target: TargetJson,
        executable: Option<PathBuf>,
    },
    BuildScriptExecuted(ScriptOutput),
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct TargetJson {
    name: String,
    kind: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Level;

    #[test]
    fn a_message_that_is_cut_becomes_a_warning() {
        for (line, warns) in [
            (
                r#"{"reason":"compiler-message","message":{"rendered":"err"#,
                true,
            ),
            (r#"{"reason":"compiler-message","target":7}"#, true),
            (r#"{"reason":"compiler-artifact","package_id":"ap"#, false),
            ("rustc wrapper 1.0", false),
        ] {
            match CargoMessage::parse(line.as_bytes()) {
                Some(CargoMessage::Diagnostic(warning)) if warns => {
                    let message = warning.message;
                    assert_eq!(message.level, Level::Warning);
                    assert!(message.message.contains("64.0 MiB"), "{message:?}");
                }
                found => assert!(found.is_none() && !warns, "{line}"),
            }
        }
    }

    #[test]
    fn a_failed_link_is_named_after_what_is_missing() {
        for (note, title) in [
            (
                "/usr/bin/ld: cannot find -lssl: No such file",
                "library `ssl` was not found: install `libssl-dev` or `openssl-devel`",
            ),
            ("ld terminated", "linking with `cc` failed: exit status: 1"),
        ] {
            let note = serde_json::json!({ "level": "note", "message": note });
            let line = serde_json::json!({
                "reason": "compiler-message",
                "target": { "name": "shop", "kind": ["bin"] },
                "message": { "level": "error", "message": "linking with `cc` failed: exit status: 1", "children": [note] },
            });
            let parsed = CargoMessage::parse(line.to_string().as_bytes());
            let Some(CargoMessage::Diagnostic(diagnostic)) = parsed else {
                panic!("it is a diagnostic");
            };
            assert_eq!(diagnostic.message.message, title);
            assert_eq!(diagnostic.origin, Origin::Linker);
        }
    }
}
