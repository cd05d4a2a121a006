//! Builds with very many errors.

use std::fmt::Write as _;
use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt as _;

use gin_tests::{Sandbox, Start};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::memory::Measured;

/// The errors of a large build, and the bytes of text in each: 50 MB in all.
const MANY: usize = 10_000;
const TEXT: usize = 5_000;
/// The errors of a small build: more than are shown.
const FEW: usize = 250;
/// The errors that are shown.
const SHOWN: usize = 200;
/// The most bytes of a page in any format, and of what is printed.
const PAGE: usize = 2 * SHOWN * TEXT;

/// A compiler of which the app's crate has the errors in a file.
const COMPILER: &str = "#!/bin/sh
case \"$*\" in *'--crate-name app '*) cat errors.json >&2; exit 1;; esac
exec \"$@\"
";

/// Writes the messages of rustc about so many errors.
fn errors(count: usize) -> String {
    let text = "x".repeat(TEXT);
    (0..count).fold(String::new(), |mut lines, number| {
        let message = format!("flaw {number} of {count}");
        let line = json!({
            "$message_type": "diagnostic", "message": message, "code": null, "level": "error", "spans": [], "children": [],
            "rendered": format!("error: {message}\n{text}\n\n"),
        });
        let _ = writeln!(lines, "{line}");
        lines
    })
}

fn project() -> Sandbox {
    let project = Sandbox::new("plain").with("wrapper.sh", COMPILER);
    let wrapper = project.path("wrapper.sh");
    set_permissions(wrapper, Permissions::from_mode(0o755)).expect("it is ours");
    project
}

fn dev(project: Sandbox) -> Start {
    let wrapper = project.path("wrapper.sh");
    project.dev().env("RUSTC_WRAPPER", wrapper)
}

#[tokio::test]
async fn fifty_megabytes_of_errors_cost_little_more_than_a_few() {
    let app = dev(project().with("../errors.json", &errors(FEW))).await;
    app.phase("failed").await;
    let mut peaks = [FEW, MANY].map(|_| 0);
    for (peak, count) in peaks.iter_mut().zip([FEW, MANY]) {
        let measured = Measured::of(&app);
        app.project().edit("../errors.json", &errors(count));
        app.edit("src/main.rs", &format!("// {count}\nfn main() {{}}"));
        let shown = app.page("/").await.is(500);
        shown.shows(&format!("{count} errors"));
        let status = app.status().await;
        assert_eq!(status["errors"], count);
        assert_eq!(status["diagnostics"].as_array().map(Vec::len), Some(SHOWN));
        for accept in [
            "text/html",
            "application/json",
            "text/markdown",
            "text/plain",
        ] {
            let page = app.get("/").accept(accept).await.is(500);
            let length = page.text().len();
            assert!(length < PAGE, "{accept}: {length} bytes");
        }
        *peak = measured.peak();
    }
    let [few, many] = peaks;
    assert!(many < few * 3 / 2, "{many} bytes instead of {few}");
}

#[tokio::test]
async fn fifty_megabytes_of_errors_are_bounded_on_the_terminal() {
    let project = project().with("../errors.json", &errors(MANY));
    let wrapper = project.path("wrapper.sh").display().to_string();
    let program = project.start_with(&["dev", "--port", "0"], "RUSTC_WRAPPER", &wrapper);
    let says = |line: &Value| {
        line.as_str()
            .is_some_and(|line| line.contains("build failed: "))
    };
    program.stderr.find("the end of the build", says).await;
    let exit = program.stop(Signal::TERM).await;
    assert!(exit.stderr.contains("build failed: 10000 errors"));
    assert!(exit.stderr.contains("flaw 0 of 10000"));
    let length = exit.stderr.len();
    assert!(length < PAGE, "{length} bytes");
}
