//! The oracle: cargo itself, in the same target directory.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::project::Project;

/// The result of `cargo build` for the current sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// There was nothing to do.
    Fresh,
    /// Something was compiled.
    Stale,
    Fails,
}

/// Runs `cargo build` in the target directory of the dev server.
pub(crate) async fn judge(project: &Project) -> Verdict {
    let exit = project
        .sandbox
        .cargo(&["build", "--message-format=json"])
        .await;
    if exit.code != 0 {
        return Verdict::Fails;
    }
    let messages = exit.stdout.lines();
    let messages = messages.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut artifacts = messages.filter(|message| message["reason"] == "compiler-artifact");
    if artifacts.all(|artifact| artifact["fresh"] == true) {
        Verdict::Fresh
    } else {
        Verdict::Stale
    }
}

/// Returns the response of the binary that cargo built last.
pub(crate) fn built(project: &Project) -> Option<String> {
    print(project, &project.path("../target/debug/app"))
}

/// Returns the response of a build in a new target directory.
pub(crate) async fn build_anew(project: &Project) -> Option<String> {
    let directory = project.path("../../../clean");
    let target = directory.to_string_lossy().into_owned();
    let exit = project
        .sandbox
        .cargo(&["build", "--target-dir", &target])
        .await;
    let text = (exit.code == 0).then(|| print(project, &directory.join("debug/app")));
    let _ = std::fs::remove_dir_all(&directory);
    text?
}

/// Runs the app as the dev server does, with the variable of the project's `.env`.
fn print(project: &Project, executable: &Path) -> Option<String> {
    let expected = project.expected()?;
    let (_, word) = expected.trim_end().rsplit_once('=')?;
    let mut app = Command::new(executable);
    app.arg("--print").env_remove("WORD");
    if word != "none" {
        app.env("WORD", word);
    }
    let output = app.output().ok()?;
    String::from_utf8(output.stdout).ok()
}
