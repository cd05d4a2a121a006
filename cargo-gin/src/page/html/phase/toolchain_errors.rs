//! Errors of the linker, build scripts, cargo and a broken compiler: their layouts and remedies.

use crate::diagnostics::{Diagnostic, Level, Origin};
use crate::page::html::markup::{Html, fold, output, preformatted, prose};
use crate::page::words::ansi;
use crate::panic::{self, Panic};

/// A known error with its remedy.
struct Remedy {
    /// Text that the message contains.
    pattern: &'static str,
    remedy: &'static str,
}

/// The known errors. The first one that matches counts.
const REMEDIES: [Remedy; 19] = [
    Remedy {
        pattern: "the compiler unexpectedly panicked",
        remedy: BROKEN_COMPILER,
    },
    Remedy {
        pattern: "No space left on device",
        remedy: "The disk is full. `cargo clean` removes everything that cargo built in this workspace; `du -sh target` shows its size.",
    },
    Remedy {
        pattern: "terminated with signal 7 [Bus error]",
        remedy: "The disk is most likely full: the linker is killed like this when it cannot write. `df -h` shows the free space, and `cargo clean` removes everything that cargo built in this workspace.",
    },
    Remedy {
        pattern: "Permission denied (os error 13)",
        remedy: "You have no permission for the file named below. If it is in the target directory, an earlier `sudo cargo` may have left it: `sudo chown -R $USER target` makes it yours again, and `--target-dir` builds elsewhere.",
    },
    Remedy {
        pattern: "Read-only file system",
        remedy: "The target directory is read-only. `--target-dir` puts it elsewhere.",
    },
    Remedy {
        pattern: "terminal prompts disabled",
        remedy: NEEDS_INPUT,
    },
    Remedy {
        pattern: "Host key verification failed",
        remedy: NEEDS_INPUT,
    },
    Remedy {
        pattern: "Permission denied (publickey",
        remedy: NEEDS_INPUT,
    },
    Remedy {
        pattern: "linker `cc` not found",
        remedy: "No C compiler is installed, and Rust links with it: `apt install build-essential`, `dnf install gcc` or `xcode-select --install`.",
    },
    Remedy {
        pattern: "cannot find -l",
        remedy: "A native library is missing. Install its development package (`-lssl` is in `libssl-dev` or `openssl-devel`), or add its directory to the linker's search path.",
    },
    Remedy {
        pattern: "unable to find library",
        remedy: "A native library is missing. Install its development package (`-lssl` is in `libssl-dev` or `openssl-devel`), or add its directory to the linker's search path.",
    },
    Remedy {
        pattern: "undefined symbol",
        remedy: "An `extern` function is declared but no linked library defines it. Check its name, and the `#[link]` or `cargo::rustc-link-lib` that links the library.",
    },
    Remedy {
        pattern: "undefined reference",
        remedy: "An `extern` function is declared but no linked library defines it. Check its name, and the `#[link]` or `cargo::rustc-link-lib` that links the library.",
    },
    Remedy {
        pattern: "pkg-config",
        remedy: "The build script looks for a native library with `pkg-config`. Install `pkg-config` and the library's development package.",
    },
    Remedy {
        pattern: "no matching package",
        remedy: "No package has that name. Check the spelling in `Cargo.toml`; a path dependency needs its `path`.",
    },
    Remedy {
        pattern: "does not have that feature",
        remedy: "The dependency has no such feature. Its features are listed below.",
    },
    Remedy {
        pattern: "candidate versions found which didn't match",
        remedy: "No published version matches. Available versions are listed below.",
    },
    Remedy {
        pattern: "failed to select a version",
        remedy: "No version satisfies all requirements. Compare them below; `cargo update` may find other versions.",
    },
    Remedy {
        pattern: "lock file",
        remedy: "`Cargo.lock` and `Cargo.toml` disagree. Run cargo once without `--locked`, and keep the new `Cargo.lock`.",
    },
];

const NEEDS_INPUT: &str = "Git needs a password or a confirmation, and no program can prompt below `cargo gin dev`. Run `cargo fetch` in another terminal, reply there, \
     and save a file. A credential helper or `ssh-agent` does it for good.";

const BROKEN_COMPILER: &str = "The compiler itself failed: this is a bug in rustc, not in your code. Undoing the last change often helps, as does \
     `cargo clean` or `CARGO_INCREMENTAL=0`. Please report it to the Rust project with the output below.";

/// Returns the diagnostic's sentence.
pub(crate) fn title(diagnostic: &Diagnostic) -> &str {
    diagnostic.message.message.trim_end()
}

/// Returns the subject of a diagnostic that names no file.
pub(crate) fn subject(diagnostic: &Diagnostic) -> &'static str {
    match diagnostic.origin {
        Origin::Rustc => "the whole crate",
        Origin::Linker => "linker",
        Origin::BuildScript => "build script",
        Origin::Cargo => "cargo",
        Origin::Hook => "hook",
        Origin::Gin => "cargo gin",
    }
}

/// Returns the heading of the message as printed. `None` for our own messages, which the page shows in full.
pub(crate) fn heading(diagnostic: &Diagnostic) -> Option<&'static str> {
    match diagnostic.origin {
        Origin::Rustc | Origin::Linker => Some("rustc’s output"),
        Origin::BuildScript | Origin::Cargo => Some("cargo’s output"),
        Origin::Hook | Origin::Gin => None,
    }
}

/// Adds the remedy, if the message is a known error.
pub(crate) fn remedy(html: &mut Html, diagnostic: &Diagnostic) {
    let message = &diagnostic.message;
    let text = ansi::strip(message.rendered.as_ref().unwrap_or(&message.message));
    let remedy = if message.level == Level::Ice {
        Some(BROKEN_COMPILER)
    } else if message.spans.is_empty() || diagnostic.origin != Origin::Rustc {
        let known = REMEDIES.iter().find(|remedy| text.contains(remedy.pattern));
        known.map(|known| known.remedy)
    } else {
        None
    };
    if let Some(remedy) = remedy {
        html.element("p", "remedy", |html| prose::sentence(html, remedy));
    }
}

/// Adds the text of the linker, a build script or cargo.
pub(crate) fn details(html: &mut Html, diagnostic: &Diagnostic) {
    match diagnostic.origin {
        Origin::Rustc => {}
        Origin::Linker => linker(html, diagnostic),
        Origin::Hook => {
            let rendered = diagnostic.message.rendered.as_deref().unwrap_or_default();
            let (_, output) = rendered.split_once('\n').unwrap_or_default();
            block(html, output);
        }
        Origin::BuildScript | Origin::Cargo | Origin::Gin => {
            let rendered = diagnostic.message.rendered.as_deref().unwrap_or_default();
            if diagnostic.origin == Origin::BuildScript {
                script(html, rendered);
            } else {
                sections(html, rendered);
            }
        }
    }
}

/// Adds a build script's panic message, unless it is shown at its place, then the rest. The backtrace and the advice about it
/// stay in the fold with cargo's full text: without debug information they say little.
fn script(html: &mut Html, text: &str) {
    for (index, panic) in Panic::all(text.lines().map(unindented)).iter().enumerate() {
        if index > 0 || panic.message.trim_end().contains('\n') {
            block(html, &panic.message);
        }
    }
    let mut reader = panic::Reader::default();
    let is_shown = |line: &&str| {
        let is_advice = line.trim_start().starts_with("note: To improve backtraces");
        !reader.read(unindented(line)) && !is_advice
    };
    let shown: Vec<_> = text.lines().filter(is_shown).collect();
    sections(html, &shown.join("\n"));
}

/// Removes the indentation that cargo gives to a program's output.
fn unindented(line: &str) -> &str {
    line.strip_prefix("  ").unwrap_or(line)
}

/// Adds the linker's complaint, then its command, which is folded since it fills pages.
fn linker(html: &mut Html, diagnostic: &Diagnostic) {
    let is_command =
        |text: &str| text.contains(" \"-o\" ") || text.starts_with("some arguments are omitted");
    let notes = diagnostic
        .message
        .children
        .iter()
        .map(|child| child.message.as_str());
    let (command, complaint): (Vec<_>, Vec<_>) = notes.partition(|text| is_command(text));
    for text in complaint {
        block(html, text);
    }
    folded(html, "The linker's command", &command.join("\n"));
}

/// Adds cargo's text without its first line, which is the title. A build script's stdout is meant for cargo, so it is folded.
fn sections(html: &mut Html, text: &str) {
    let (_, rest) = text.split_once('\n').unwrap_or_default();
    let (before, streams) = match rest.split_once("--- stdout") {
        Some((before, streams)) => (before, Some(streams)),
        None => (rest, None),
    };
    let stdout = streams.map(|streams| streams.split_once("--- stderr").unwrap_or((streams, "")));
    let (before, stderr) = match stdout {
        Some((_, stderr)) => (before, stderr),
        None => before.split_once("--- stderr").unwrap_or((before, "")),
    };
    block(html, stderr);
    causes(html, before);
    if let Some((stdout, _)) = stdout {
        folded(html, "Instructions to cargo", stdout);
    }
}

/// Adds the text before the first cause as a remark, then each cause. The last one is usually the most specific.
fn causes(html: &mut Html, text: &str) {
    let mut parts = text.split("Caused by:").map(undrawn);
    remark(html, &parts.next().unwrap_or_default());
    let causes: Vec<_> = parts.collect();
    if causes.is_empty() {
        return;
    }
    html.leaf("h3", "sh", "Caused by");
    html.element("ol", "causes", |html| {
        for cause in causes {
            html.element("li", "", |html| prose::sentence(html, &dedented(&cause)));
        }
    });
}

/// Adds a single line as a sentence, and several lines as they were printed.
fn remark(html: &mut Html, text: &str) {
    let text = dedented(text);
    if text.is_empty() || text.contains('\n') {
        return block(html, &text);
    }
    html.element("p", "", |html| prose::sentence(html, &text));
}

/// Shortens a line that lists all versions to the newest ones.
fn shortened(line: &str) -> String {
    const SHOWN: usize = 8;
    let versions: Vec<_> = line.split(", ").collect();
    if line.starts_with("versions that meet") && versions.len() > SHOWN {
        let more = versions.len() - SHOWN;
        return format!("{} and {more} more", versions[..SHOWN].join(", "));
    }
    line.to_owned()
}

/// Removes the drawing of a place in a manifest, which is shown as an excerpt.
fn undrawn(text: &str) -> String {
    let is_drawing = |line: &&str| {
        let line = line
            .trim_start()
            .trim_start_matches(|c: char| c.is_ascii_digit());
        let line = line.trim_start();
        line.starts_with("--> ") || line.starts_with("| ") || line == "|"
    };
    let lines = text.lines().filter(|line| !is_drawing(line));
    lines.map(shortened).collect::<Vec<_>>().join("\n")
}

fn block(html: &mut Html, text: &str) {
    let text = dedented(text);
    if !text.is_empty() {
        preformatted(html, "out", "output", |html| {
            html.html(&output(&text));
        });
    }
}

fn folded(html: &mut Html, summary: &'static str, text: &str) {
    if !text.trim().is_empty() {
        fold(html, "words", summary, |html| block(html, text));
    }
}

/// Removes empty lines around `text` and the indentation that all its lines share.
fn dedented(text: &str) -> String {
    let text = text.trim_matches('\n').trim_end();
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let filled = text.lines().filter(|line| !line.trim().is_empty());
    let shared = filled.map(indent).min().unwrap_or(0);
    let lines: Vec<_> = text
        .lines()
        .map(|line| line.get(shared..).unwrap_or_default())
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_scripts_error_comes_before_its_stdout() {
        let text = "error: failed to run custom build command for `x`\n\nCaused by:\n  process failed\n  --- stdout\n  cargo:rerun\n\n  \
                    --- stderr\n  panicked: no <lib>\n";
        let mut html = Html::new();
        details(&mut html, &Diagnostic::error(Origin::BuildScript, text));
        let html = html.into_string();
        let places = [
            "no &lt;lib&gt;",
            "process failed",
            "Instructions to cargo",
            "cargo:rerun",
        ]
        .map(|text| html.find(text));
        assert!(
            places.iter().all(Option::is_some) && places.is_sorted(),
            "{html}"
        );
    }

    #[test]
    fn a_panic_shown_at_its_place_is_not_repeated() {
        let text = "failed to run custom build command for `x`\nnote: To improve backtraces, set X\n\nCaused by:\n  process failed\n  --- stderr\n  \
                    looking\n\n  thread 'main' (7) panicked at build.rs:1:2:\n  no protocol\n  note: run with `RUST_BACKTRACE=1`\n  \n  thread 'main' (8) \
                    panicked at build.rs:3:4:\n  install it\n    first\n  stack backtrace:\n     0: begin_unwind\n";
        let mut html = Html::new();
        details(&mut html, &Diagnostic::error(Origin::BuildScript, text));
        let html = html.into_string();
        for (words, is_there) in [
            ("looking", true),
            ("process failed", true),
            ("no protocol", false),
            ("RUST_BACKTRACE", false),
            ("To improve", false),
            ("install it\n  first", true),
            ("begin_unwind", false),
        ] {
            assert_eq!(html.contains(words), is_there, "{words}: {html}");
        }
    }

    #[test]
    fn known_errors_have_a_remedy() {
        for (text, words) in [
            (
                "failed to write `target/x`\n\nCaused by:\n  No space left on device (os error 28)",
                "The disk is full",
            ),
            (
                "failed to open: /app/target/debug/.cargo-lock\n\nCaused by:\n  Permission denied (os error 13)",
                "You have no permission",
            ),
            (
                "the compiler unexpectedly panicked. This is a bug\n\nnote: we would appreciate a bug report",
                "a bug in rustc",
            ),
        ] {
            let mut html = Html::new();
            remedy(&mut html, &Diagnostic::error(Origin::Cargo, text));
            assert!(html.into_string().contains(words), "{text}");
        }
    }

    #[test]
    fn shared_indentation_is_removed() {
        assert_eq!(dedented("\n\n    a\n      b\n\n    é\n\n"), "a\n  b\n\né");
    }
}
