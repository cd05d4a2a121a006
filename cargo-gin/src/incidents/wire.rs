//! The wire format in which an app reports a failed request.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::incidents::route::Route;
use crate::panic::{Panic, Place};

/// A report of a failed request.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Report {
    #[serde(flatten)]
    pub(crate) failure: Failure,
    /// The problem that other clients get: the members of RFC 9457.
    pub(crate) problem: Map<String, Value>,
    /// The route that matched the request.
    #[serde(default)]
    pub(crate) route: Option<Route>,
    /// The path params, by name.
    #[serde(default)]
    pub(crate) params: Vec<(String, String)>,
    /// The errors that the handler noted and recovered from.
    #[serde(default)]
    pub(crate) noted: Vec<String>,
    /// The request's body, if the handler read it and it is text.
    #[serde(default)]
    pub(crate) body: Option<String>,
    /// The values of the session, if the request has taken it.
    #[serde(default)]
    pub(crate) session: Option<Map<String, Value>>,
    /// The response that every other client gets.
    #[serde(default)]
    pub(crate) answer: Option<Answer>,
    #[serde(default)]
    pub(crate) view: View,
}

/// The part of a report that its client sees.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum View {
    /// The report, in place of the app's response.
    #[default]
    Report,
    /// The app's response, which the report is about.
    Answer,
}

/// A response of the app.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Answer {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Content,
}

/// The body of a response.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Content {
    Text(String),
    Bytes(Vec<u8>),
}

impl From<&Content> for Bytes {
    fn from(content: &Content) -> Bytes {
        match content {
            Content::Text(text) => Bytes::copy_from_slice(text.as_bytes()),
            Content::Bytes(bytes) => Bytes::copy_from_slice(bytes),
        }
    }
}

/// The kind of a failure.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Failure {
    /// No route matches the request.
    Miss {
        /// The params whose types kept routes from matching.
        #[serde(default)]
        mismatches: Vec<Mismatch>,
    },
    /// gin refused the request: an argument of the handler could not be made, or a limit was exceeded.
    Rejection {
        /// The types of the arguments, as apps write them: `Json<User>`.
        #[serde(default)]
        arguments: Vec<String>,
    },
    /// An error became a 5xx.
    Error {
        /// The texts of the error and of its causes. Empty if there is only the message for the client.
        #[serde(default)]
        chain: Vec<String>,
        /// The place where it became a response: `src/main.rs:12:5`.
        place: Option<String>,
    },
    /// Code panicked.
    Panic {
        message: String,
        /// The place of the panic: `src/main.rs:12:5`.
        place: Option<String>,
        calls: Option<Calls>,
    },
}

/// A param whose value does not parse as the type that its handler takes, so that its route does not match.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Mismatch {
    pub(crate) route: Route,
    pub(crate) param: String,
    /// The type, as apps write it.
    pub(crate) r#type: String,
    pub(crate) value: String,
}

/// The backtrace of a panic.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Calls {
    thread: Option<String>,
    /// The directory that relative file names start from.
    folder: Option<PathBuf>,
    /// The backtrace in the format of the standard library.
    text: String,
}

impl Report {
    /// Returns the message that other clients get.
    pub(crate) fn words(&self) -> &str {
        let title = self.problem.get("title").and_then(Value::as_str);
        self.detail().or(title).unwrap_or_default()
    }

    /// Returns the sentence that other clients get, if it says more than the status.
    pub(crate) fn detail(&self) -> Option<&str> {
        self.problem.get("detail").and_then(Value::as_str)
    }
}

impl Calls {
    /// Makes the panic at `place`. File names become relative to `root`, like rustc's.
    pub(super) fn panic(&self, message: &str, place: Place, root: &Path) -> Panic {
        let thread = self.thread.as_deref().unwrap_or("without a name");
        let panic = Panic::new(thread, place, message, self.text.lines());
        let directory = self.folder.as_deref().unwrap_or(Path::new(""));
        panic.named(directory, root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_match_rustc_s_wherever_the_app_runs() {
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
            let own = panic.frames.iter().map(|frame| panic.is_own(frame, root));
            let is_first_own = !first.starts_with('/');
            assert_eq!(own.collect::<Vec<_>>(), [is_first_own, true, false, false]);
        }
    }
}
