//! The transcript of a build: cargo's messages, which a build without cargo repeats for all crates that it leaves alone.

use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;

/// The messages of cargo's last build.
#[derive(Clone, Debug, Default)]
pub(crate) struct Transcript {
    lines: Vec<Line>,
}

/// A message.
#[derive(Clone, Debug)]
struct Line {
    text: Vec<u8>,
    about: About,
}

/// The subject of a message.
#[derive(Clone, Debug)]
enum About {
    /// A target is compiled, now or earlier.
    Artifact(Artifact),
    /// A diagnostic of a target.
    Diagnostic(TargetId),
    /// A build script has run. This is its `OUT_DIR`.
    Script(PathBuf),
}

/// A target that is compiled.
#[derive(Clone, Debug)]
pub(super) struct Artifact {
    pub(super) target: TargetId,
    pub(super) manifest: String,
    pub(super) files: Vec<PathBuf>,
    pub(super) executable: Option<PathBuf>,
    /// `true` if nothing had to be done for it.
    pub(super) is_fresh: bool,
    /// The beginning of a message about it, as JSON without the braces.
    header: String,
}

/// A target, by what a diagnostic says about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TargetId {
    package: String,
    kind: String,
    pub(super) name: String,
}

impl TargetId {
    /// Returns `true` for a target that no other depends on.
    pub(super) fn is_program(&self) -> bool {
        ["bin", "example", "test", "bench"].contains(&self.kind.as_str())
    }

    /// Returns the name in cargo's progress bar.
    pub(super) fn shown(&self) -> String {
        if self.is_program() {
            format!("{}({})", self.name, self.kind)
        } else {
            self.name.clone()
        }
    }
}

impl Transcript {
    /// Adds a line of cargo's output, if it is a message that counts.
    pub(crate) fn push(&mut self, text: &[u8]) {
        if let Some(about) = About::parse(text) {
            self.lines.push(Line {
                text: text.to_owned(),
                about,
            });
        }
    }

    pub(super) fn artifacts(&self) -> impl Iterator<Item = &Artifact> {
        self.lines.iter().filter_map(|line| match &line.about {
            About::Artifact(artifact) => Some(artifact),
            About::Diagnostic(_) | About::Script(_) => None,
        })
    }

    /// Returns the files with the output of build scripts.
    pub(super) fn script_outputs(&self) -> impl Iterator<Item = PathBuf> {
        self.lines.iter().filter_map(|line| match &line.about {
            About::Script(out_dir) => Some(out_dir.with_file_name("output")),
            About::Artifact(_) | About::Diagnostic(_) => None,
        })
    }

    /// Returns the lines about all but these targets.
    pub(super) fn beside(&self, targets: &[&TargetId]) -> impl Iterator<Item = &[u8]> {
        let lines = self.lines.iter().filter(|line| match &line.about {
            About::Artifact(Artifact { target, .. }) | About::Diagnostic(target) => {
                !targets.contains(&target)
            }
            About::Script(_) => true,
        });
        lines.map(|line| line.text.as_slice())
    }

    /// Returns the line that says that a target is compiled.
    pub(super) fn compiled(&self, target: &TargetId) -> Option<&[u8]> {
        let mut lines = self.lines.iter();
        let line = lines.find(
            |line| matches!(&line.about, About::Artifact(artifact) if artifact.target == *target),
        );
        line.map(|line| line.text.as_slice())
    }

    /// Replaces the diagnostics of a target.
    pub(super) fn replace(&mut self, target: &TargetId, lines: &[Vec<u8>]) {
        self.lines
            .retain(|line| !matches!(&line.about, About::Diagnostic(found) if found == target));
        for line in lines {
            self.push(line);
        }
    }
}

impl Artifact {
    /// Returns cargo's message for a diagnostic of rustc.
    pub(super) fn diagnostic(&self, message: &str) -> String {
        let header = &self.header;
        format!("{{\"reason\":\"compiler-message\",{header},\"message\":{message}}}")
    }
}

impl About {
    fn parse(text: &[u8]) -> Option<About> {
        let message: Json = serde_json::from_slice(text).ok()?;
        if message.reason == "build-script-executed" {
            return Some(About::Script(message.out_dir?));
        }
        let written = message.target?;
        let target = Target::deserialize(&written).ok()?;
        let target = TargetId {
            package: message.package_id?,
            kind: target.kind.join(","),
            name: target.name,
        };
        match message.reason.as_str() {
            "compiler-message" => Some(About::Diagnostic(target)),
            "compiler-artifact" => {
                let (package, manifest) = (&target.package, message.manifest_path?);
                let header = format!(
                    "\"package_id\":{},\"manifest_path\":{},\"target\":{written}",
                    Value::from(package.as_str()),
                    Value::from(manifest.as_str()),
                );
                Some(About::Artifact(Artifact {
                    target,
                    manifest,
                    files: message.filenames,
                    executable: message.executable,
                    is_fresh: message.fresh,
                    header,
                }))
            }
            _ => None,
        }
    }
}

#[derive(Deserialize)]
struct Json {
    reason: String,
    package_id: Option<String>,
    manifest_path: Option<String>,
    target: Option<Value>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
    executable: Option<PathBuf>,
    #[serde(default)]
    fresh: bool,
    out_dir: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
    name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIB: &str =
        r#""package_id":"p","manifest_path":"/p/Cargo.toml","target":{"kind":["lib"],"name":"a"}"#;
    const BIN: &str =
        r#""package_id":"p","manifest_path":"/p/Cargo.toml","target":{"kind":["bin"],"name":"a"}"#;

    fn diagnostic(header: &str, text: &str) -> String {
        format!(r#"{{"reason":"compiler-message",{header},"message":{{"message":"{text}"}}}}"#)
    }

    fn artifact(header: &str) -> String {
        format!(
            r#"{{"reason":"compiler-artifact",{header},"filenames":["/t/a"],"executable":null,"fresh":true}}"#
        )
    }

    #[test]
    fn a_targets_diagnostics_are_replaced_and_all_others_repeated() {
        let script =
            r#"{"reason":"build-script-executed","package_id":"p","out_dir":"/t/build/p-1/out"}"#;
        let lines = [
            diagnostic(LIB, "1"),
            artifact(LIB),
            diagnostic(BIN, "2"),
            artifact(BIN),
            script.to_owned(),
        ];
        let mut transcript = Transcript::default();
        for line in lines.iter().map(String::as_str).chain(["{}", "text"]) {
            transcript.push(line.as_bytes());
        }
        let artifacts: Vec<_> = transcript.artifacts().cloned().collect();
        let [lib, bin] = artifacts.as_slice() else {
            unreachable!("there are two");
        };
        assert_eq!(
            (lib.target.shown(), bin.target.shown()),
            ("a".to_owned(), "a(bin)".to_owned())
        );
        let beside: Vec<_> = transcript.beside(&[&bin.target]).collect();
        assert_eq!(
            beside,
            [&lines[0], &lines[1], &lines[4]].map(String::as_bytes)
        );
        assert_eq!(transcript.compiled(&bin.target), Some(lines[3].as_bytes()));
        let outputs: Vec<_> = transcript.script_outputs().collect();
        assert_eq!(outputs, ["/t/build/p-1/output"].map(PathBuf::from));
        let new = bin.diagnostic(r#"{"message":"3"}"#);
        assert_eq!(new, diagnostic(BIN, "3"));
        transcript.replace(&bin.target, &[new.clone().into_bytes()]);
        let all: Vec<_> = transcript.beside(&[]).collect();
        let expected = [&lines[0], &lines[1], &lines[3], &lines[4], &new];
        assert_eq!(all, expected.map(String::as_bytes));
    }
}
