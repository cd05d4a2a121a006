//! Snapshots of the page of each phase.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::diagnostics::{Diagnostic, Diagnostics, Origin};
use crate::os::exit::ExitStatus;
use crate::page::format::{Color, Format, Revisit};
use crate::page::tests::sample;
use crate::page::{self, Exchange, FullExchange, Page, RecordedBody, Replay, Seen, render};
use crate::source::{Source, Sources};
use crate::state::{
    Attempt, Blocked, Cause, ChangedFiles, Exit, Phase, Progress, Start, Status, Timings, Underway,
};

const ERROR: &str = include_str!("fixtures/e0308.json");
const SOURCE: &str = include_str!("fixtures/e0308.rs");
const PANIC: &str = "\
\x1b[32mINFO\x1b[0m API_TOKEN=abc123
thread 'main' (4711) panicked at src/main.rs:2:22:
not a <number>
stack backtrace:
   0: core::panicking::panic_fmt
             at /rustc/59807616/library/core/src/panicking.rs:80:14
   1: blog::greet
             at ./src/main.rs:2:22
   2: blog::main
             at ./src/main.rs:7:26";

#[test]
fn failed() {
    let status = broken();
    insta::assert_snapshot!("failed", html(&status));
    for (name, format) in [
        ("failed_text", Format::Text(Color::Plain)),
        ("failed_ansi", Format::Text(Color::Ansi)),
        ("failed_markdown", Format::Markdown),
    ] {
        insta::assert_snapshot!(name, body(&status, format));
    }
}

#[test]
fn failed_as_problem_json() {
    let problem = body(&broken(), Format::Problem);
    let problem: serde_json::Value = serde_json::from_str(&problem).unwrap();
    assert_eq!(problem["status"], 500);
    assert_eq!(problem["title"], "1 error");
    assert_eq!(problem["detail"], "mismatched types");
    assert_eq!(problem["diagnostics"][0]["code"]["code"], "E0308");
    assert_eq!(problem["diagnostics"][0]["spans"][0]["line_start"], 7);
}

#[test]
fn json_explains_each_code_once_and_lists_the_changed_files() {
    const EXPLANATION: &str = "Expected type did not match";
    let broken = broken();
    let mut diagnostics = Diagnostics::default();
    for _ in 0..3 {
        let mut diagnostic = broken.diagnostics.iter().next().unwrap().clone();
        let code = diagnostic.message.code.as_mut().unwrap();
        code.explanation = Some(EXPLANATION.to_owned());
        diagnostics.push(diagnostic);
    }
    let problem = body(&sample::status(Phase::Failed, diagnostics), Format::Problem);
    assert_eq!(problem.matches(EXPLANATION).count(), 1, "{problem}");
    let problem: serde_json::Value = serde_json::from_str(&problem).unwrap();
    assert_eq!(problem["explanations"]["E0308"], EXPLANATION);
    assert_eq!(problem["changed"], serde_json::json!(["src/main.rs"]));
}

#[test]
fn failed_manifest() {
    let mut diagnostics = Diagnostics::default();
    let text = "invalid basic string, expected `\"`\n --> Cargo.toml:7:12\n  |\n7 | axum = \"0.8\n  |            ^";
    diagnostics.push(Diagnostic::error(Origin::Cargo, text));
    let status = sample::status(Phase::Failed, diagnostics);
    insta::assert_snapshot!("failed_manifest", html(&status));
}

#[test]
fn building() {
    let now = Instant::now();
    let mut underway = Underway::default();
    underway.start(
        "serde_derive",
        now.checked_sub(Duration::from_secs(9)).unwrap(),
    );
    underway.become_these(["sqlx", "<b>"].into_iter(), now);
    let progress = Progress {
        done: 37,
        total: 212,
        fresh: 12,
        underway,
        ..Progress::default()
    };
    let status = sample::status(Phase::Building(progress), Diagnostics::default());
    insta::assert_snapshot!("building", html(&status));
}

#[test]
fn building_as_before() {
    let progress = Progress {
        done: 211,
        total: 212,
        fresh: 211,
        ..Progress::default()
    };
    let mut status = sample::status(Phase::Building(progress), Diagnostics::default());
    let mut files = ChangedFiles::named("src/main.rs");
    files.merge(ChangedFiles::named("src/<b>.rs"));
    status.cause = Cause::Changed(files);
    for millis in [600_000, 2300, 1800, 2100] {
        status.history.push(sample::attempt(millis));
    }
    insta::assert_snapshot!("building_as_before", html(&status));
}

#[test]
fn the_first_of_very_many_files_are_named_and_the_others_counted() {
    let mut status = sample::status(Phase::Building(Progress::default()), Diagnostics::default());
    let mut files = ChangedFiles::named("src/000.rs");
    for number in 0..500 {
        files.merge(ChangedFiles::named(format!("src/{number:03}.rs")));
    }
    status.cause = Cause::Changed(files);
    let html = html(&status);
    assert!(html.contains("500 files changed"), "{html}");
    assert!(html.contains("src/099.rs"), "{html}");
    assert!(!html.contains("src/100.rs"), "{html}");
    assert!(html.contains("and 400 more"), "{html}");
}

#[test]
fn blocked() {
    let progress = Progress {
        blocked: Some(Blocked {
            what: "file lock on build directory".to_owned(),
            holder: Some("cargo (pid 812, of rust-analyzer)".to_owned()),
        }),
        ..Progress::default()
    };
    let status = sample::status(Phase::Building(progress), Diagnostics::default());
    insta::assert_snapshot!("blocked", html(&status));
}

#[test]
fn the_advice_for_a_lock_names_the_editor_only_if_it_may_hold_it() {
    let blocked = |holder: Option<&str>| {
        let progress = Progress {
            blocked: Some(Blocked {
                what: "file lock on build directory".to_owned(),
                holder: holder.map(str::to_owned),
            }),
            ..Progress::default()
        };
        html(&sample::status(
            Phase::Building(progress),
            Diagnostics::default(),
        ))
    };
    for (holder, is_editor) in [
        (Some("cargo (pid 812, of cargo-gin)"), false),
        (Some("cargo (pid 812, of rust-analyzer)"), true),
        (None, true),
    ] {
        let html = blocked(holder);
        assert!(html.contains("its own target directory"), "{html}");
        assert_eq!(html.contains("the editor"), is_editor, "{holder:?}: {html}");
    }
}

#[test]
fn starting_elsewhere() {
    let start = Start {
        since: Instant::now(),
        port: 41237,
        is_open: false,
        opened: vec![8080],
        tail: sample::tail("postgres://ann:hunter2@db/blog\nlistening on 8080"),
    };
    let status = sample::status(Phase::Starting(start), Diagnostics::default());
    insta::assert_snapshot!("starting_elsewhere", html(&status));
}

#[test]
fn starting_late() {
    let start = Start {
        since: Instant::now().checked_sub(Duration::from_secs(6)).unwrap(),
        port: 41237,
        is_open: false,
        opened: Vec::new(),
        tail: sample::tail(""),
    };
    let status = sample::status(Phase::Starting(start), Diagnostics::default());
    insta::assert_snapshot!("starting_late", html(&status));
}

#[test]
fn starting_open() {
    let start = Start {
        since: Instant::now().checked_sub(Duration::from_secs(6)).unwrap(),
        port: 41237,
        is_open: true,
        opened: vec![9090],
        tail: sample::tail("waiting for postgres://ann:hunter2@db/blog"),
    };
    let status = sample::status(Phase::Starting(start), Diagnostics::default());
    insta::assert_snapshot!("starting_open", html(&status));
}

#[test]
fn crashed_by_a_signal() {
    let exit = Exit {
        status: ExitStatus::Signal {
            number: 11,
            dumped: true,
        },
        uptime: Duration::from_millis(312),
        port: 41237,
        directory: PathBuf::new(),
        tail: sample::tail("\x1b[3mtoken\x1b[0m\x1b[2m=\x1b[0mabc"),
        in_flight: Vec::new(),
        sources: Sources::default(),
    };
    let status = sample::status(Phase::Crashed(Arc::new(exit)), Diagnostics::default());
    insta::assert_snapshot!("crashed_by_a_signal", html(&status));
}

#[test]
fn crashed() {
    let exit = Exit {
        status: ExitStatus::Code(101),
        uptime: Duration::from_millis(312),
        port: 41237,
        directory: PathBuf::new(),
        tail: sample::tail(PANIC),
        in_flight: Vec::new(),
        sources: Sources::from_iter([("src/main.rs".to_owned(), Source::new(SOURCE))]),
    };
    let status = sample::status(Phase::Crashed(Arc::new(exit)), Diagnostics::default());
    insta::assert_snapshot!("crashed", html(&status));
    insta::assert_snapshot!("crashed_markdown", body(&status, Format::Markdown));
}

#[test]
fn crashed_with_an_error() {
    let exit = Exit {
        status: ExitStatus::Code(1),
        uptime: Duration::from_millis(312),
        port: 41237,
        directory: PathBuf::new(),
        tail: sample::tail(
            "Error: cannot read `blog.toml`\n\nCaused by:\n    No such file (os error 2)",
        ),
        in_flight: Vec::new(),
        sources: Sources::default(),
    };
    let status = sample::status(Phase::Crashed(Arc::new(exit)), Diagnostics::default());
    insta::assert_snapshot!("crashed_with_an_error", html(&status));
}

#[test]
fn ready() {
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], 41237));
    let status = sample::status(Phase::ready_at(address), Diagnostics::default());
    insta::assert_snapshot!("ready", html(&status));
}

#[test]
fn dashboard() {
    let mut status = broken();
    for (build, millis) in [(4, 45_000), (5, 900), (6, 1200)] {
        status.history.push(Attempt {
            number: build,
            cause: Cause::Requested,
            phase: "ready",
            timings: Timings {
                build: Some(Duration::from_millis(millis)),
                start: Some(Duration::from_millis(100)),
            },
            errors: 0,
            warnings: 1,
        });
    }
    status.history.push(Attempt {
        phase: "building",
        timings: Timings::default(),
        ..sample::attempt(0)
    });
    let exchanges = [
        Exchange {
            id: 2,
            status: None,
            ms: None,
            is_complete: None,
            build: 7,
            ..sample::exchange()
        },
        Exchange {
            id: 1,
            held_ms: Some(1500),
            has_waited: true,
            ms: Some(1520),
            ..sample::exchange()
        },
        Exchange {
            status: Some(200),
            is_complete: Some(false),
            ..sample::exchange()
        },
    ];
    let routes = [sample::route()];
    let text = Source::new("\n".repeat(20).as_str());
    let files = Sources::from_iter([("src/posts.rs".to_owned(), text)]);
    let seen = Seen {
        url: "http://localhost:3000",
        requests: &exchanges,
        routes: Some(&routes),
        files: &files,
    };
    let page = page::dashboard(&status, Ok(seen));
    insta::assert_snapshot!("dashboard", content(&page));
    let page = page::dashboard(&status, Err("This was turned off by `--actions nobody`."));
    insta::assert_snapshot!("dashboard_without_requests", content(&page));
}

#[test]
fn request() {
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], 41237));
    let status = sample::status(Phase::ready_at(address), Diagnostics::default());
    let full = FullExchange {
        exchange: sample::exchange(),
        request: RecordedBody {
            bytes: 70_000,
            is_complete: false,
            text: Some("name=Ann&<b>".to_owned()),
        },
        response: RecordedBody {
            bytes: 9,
            is_complete: true,
            text: None,
        },
        replay: Replay::Confirmed("It may have an effect."),
        older: None,
        newer: Some(1),
    };
    insta::assert_snapshot!(
        "request",
        content(&page::request(&status, &full, "http://localhost:3000"))
    );
}

fn broken() -> Status {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("src")).unwrap();
    std::fs::write(directory.path().join("src/main.rs"), SOURCE).unwrap();
    sample::status(Phase::Failed, sample::diagnostics(ERROR, directory.path()))
}

/// Returns the page's content, one tag a line, so that diffs are short.
fn html(status: &Status) -> String {
    content(&render(status, Format::Html(Revisit::Freely)))
}

fn content(page: &Page) -> String {
    let page = String::from_utf8(page.body.to_vec()).unwrap();
    let (_, body) = page.split_once("<body").unwrap();
    let (body, _) = body.split_once("<dialog id=\"help\"").unwrap();
    timeless(&format!("<body{}", body.replace("><", ">\n<")))
}

/// Replaces the durations that the script keeps counting.
fn timeless(html: &str) -> String {
    let mut parts = html.split(" data-ticks=\"");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, rest) = part.split_once('>').unwrap();
        let (_, rest) = rest.split_once('<').unwrap();
        out.push_str(" data-ticks>…<");
        out.push_str(rest);
    }
    out
}

fn body(status: &Status, format: Format) -> String {
    let page = render(status, format);
    String::from_utf8(page.body.to_vec()).unwrap()
}
