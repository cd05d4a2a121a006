//! Sample data for tests.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::diagnostics::{Diagnostic, Diagnostics, Message, Origin};
use crate::incidents::Route;
use crate::page::exchange::Exchange;
use crate::source::Library;
use crate::state::{
    Attempt, Cause, ChangedFiles, History, Phase, Recipe, Status, Stream, Tail, TailLine, Target,
    Timings,
};

/// Returns a status of build 7 of the app `blog`, made because `src/main.rs` changed.
pub(crate) fn status(phase: Phase, diagnostics: Diagnostics) -> Status {
    Status {
        target: Arc::new(Target {
            role: crate::state::Role::App,
            package: "blog".to_owned(),
            name: "blog".to_owned(),
            root: PathBuf::from("/home/ann/blog"),
            packages: Vec::new(),
            reports: false,
            recipe: Recipe {
                toolchain: "rustc 1.95.0 (59807616e 2026-04-14)".to_owned(),
                profile: "dev".to_owned(),
                features: vec!["default".to_owned(), "<b>".to_owned()],
                target_dir: PathBuf::from("/home/ann/blog/target"),
            },
        }),
        attempt: 7,
        cause: Cause::Changed(ChangedFiles::one(
            "/home/ann/blog/src/main.rs",
            Path::new("/home/ann/blog"),
        )),
        since: Instant::now(),
        phase,
        diagnostics: Arc::new(diagnostics),
        timings: Timings {
            build: Some(Duration::from_millis(834)),
            start: None,
        },
        edition: 0,
        muted: None,
        revival: crate::state::Revival::Save,
        history: History::default(),
        front: 3000,
    }
}

/// Returns a failed POST request that was received during build 6.
pub(crate) fn exchange() -> Exchange {
    let fields = |fields: &[(&str, &str)]| {
        let fields = fields.iter();
        fields
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    };
    Exchange {
        id: 0,
        at_ms: 1_795_258_797_502,
        build: 6,
        method: "POST".to_owned(),
        target: "/posts/7?draft='\"".to_owned(),
        held_ms: Some(0),
        has_waited: false,
        repeats: None,
        status: Some(500),
        head_ms: Some(11),
        ms: Some(12),
        is_complete: Some(true),
        sent: 12,
        received: 9,
        request_headers: fields(&[("host", "localhost:3000"), ("cookie", "sid=••••••")]),
        response_headers: Some(fields(&[("x-evil", "</td><script>\u{202e}")])),
        incident: None,
        in_place: None,
    }
}

/// Returns a successful attempt with a build time.
pub(crate) fn attempt(millis: u64) -> Attempt {
    Attempt {
        number: 1,
        cause: Cause::Requested,
        phase: "ready",
        timings: Timings {
            build: Some(Duration::from_millis(millis)),
            start: None,
        },
        errors: 0,
        warnings: 0,
    }
}

/// Returns a route with two middleware.
pub(crate) fn route() -> Route {
    Route {
        method: "GET".to_owned(),
        pattern: "/api/posts/:id".to_owned(),
        handler: "blog::posts::show<'_>".to_owned(),
        file: "src/posts.rs".to_owned(),
        line: 12,
        middleware: vec!["Logger".to_owned(), "auth::{{closure}}".to_owned()],
        group: "/api".to_owned(),
        typed_params: Vec::new(),
        body_limit: None,
        timeout: None,
    }
}

/// Returns the diagnostics of the crate `blog` in the directory `root`, parsed from rustc's messages, one a line.
pub(crate) fn diagnostics(lines: &str, root: &Path) -> Diagnostics {
    let library = Library::new(root, &[]);
    let mut diagnostics = Diagnostics::default();
    for line in lines.lines().filter(|line| line.starts_with('{')) {
        let message: Message = serde_json::from_str(line).expect("rustc writes messages");
        diagnostics.push(Diagnostic::new(Origin::Rustc, "blog", message));
        diagnostics.snapshot(&library);
    }
    diagnostics
}

/// Returns the tail of an app that wrote `text` to standard error.
pub(crate) fn tail(text: &str) -> Tail {
    let mut tail = Tail::default();
    for line in text.lines() {
        tail.push(TailLine {
            stream: Stream::Stderr,
            text: line.to_owned(),
        });
    }
    tail
}
