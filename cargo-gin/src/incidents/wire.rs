//! What went wrong with one request, as the app tells it.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::incidents::route::Route;
use crate::panic::{Panic, Place};

/// What went wrong with one request.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Report {
    /// What it was.
    #[serde(flatten)]
    pub(crate) fault: Fault,
    /// What everyone else is told: the members of RFC 9457.
    pub(crate) problem: Map<String, Value>,
    /// The route that took the request.
    #[serde(default)]
    pub(crate) route: Option<Route>,
    /// What the path gave it, by name.
    #[serde(default)]
    pub(crate) params: Vec<(String, String)>,
    /// The errors that the handler survived.
    #[serde(default)]
    pub(crate) noted: Vec<String>,
}

/// What went wrong.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Fault {
    /// No route takes the request.
    Miss,
    /// An error became a 5xx.
    Error {
        /// Its text, and those of what caused it. Empty if it has no cause but the words for the client.
        #[serde(default)]
        chain: Vec<String>,
        /// Where it became an answer: `src/main.rs:12:5`.
        place: Option<String>,
    },
    /// Something panicked.
    Panic {
        /// What it said.
        message: String,
        /// Where it happened: `src/main.rs:12:5`.
        place: Option<String>,
        /// What led there.
        calls: Option<Calls>,
    },
}

/// The calls that led to a panic.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Calls {
    /// The thread's name.
    thread: Option<String>,
    /// What relative names of files start at.
    folder: Option<PathBuf>,
    /// The calls as the standard library writes them.
    text: String,
}

impl Report {
    /// What everyone else is told, in a line.
    pub(crate) fn words(&self) -> &str {
        let member = |name| self.problem.get(name).and_then(Value::as_str);
        member("detail").or(member("title")).unwrap_or_default()
    }
}

impl Calls {
    /// The panic at `place` that they led to. Names of files become relative to `root`, as rustc has them.
    pub(super) fn panic(&self, message: &str, place: Place, root: &Path) -> Panic {
        let thread = self.thread.as_deref().unwrap_or("without a name");
        let panic = Panic::told(thread, place, message, self.text.lines());
        let folder = self.folder.as_deref().unwrap_or(Path::new(""));
        panic.named(folder, root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_as_rustc_names_them_wherever_the_app_runs() {
        let calls = |folder: Option<&str>| {
            Calls {
            thread: None,
            folder: folder.map(PathBuf::from),
            text: "   0: blog::a\n             at ./src/main.rs:1:2\n   1: b\n             at /home/ann/shop/lib/src/lib.rs:3:4\n   \
                   2: c\n             at /rustc/5980/library/core/src/panicking.rs:5:6\n   3: d\n             at nptl/clone.c:7:8"
                .to_owned(),
        }
        };
        for (folder, first) in [
            (Some("/home/ann/shop/blog"), "blog/src/main.rs"),
            (Some("/home/ann/shop"), "src/main.rs"),
            (Some("/elsewhere"), "/elsewhere/src/main.rs"),
            (None, "src/main.rs"),
        ] {
            let place = Place::read("blog/src/main.rs:1:2").unwrap();
            let root = Path::new("/home/ann/shop");
            let panic = calls(folder).panic("oh", place, root);
            let files: Vec<_> = panic.files().skip(1).collect();
            let rest = [
                "lib/src/lib.rs",
                "/rustc/5980/library/core/src/panicking.rs",
                "nptl/clone.c",
            ];
            assert_eq!(files[0], first, "{folder:?}");
            assert_eq!(files[1..], rest);
            let own = panic.frames.iter().map(|frame| frame.is_own(root));
            let is_first_own = !first.starts_with('/');
            assert_eq!(own.collect::<Vec<_>>(), [is_first_own, true, false, false]);
        }
    }
}
