//! The page shows everything that rustc prints: checked with real errors of the installed rustc.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::page::format::{Format, Revisit};
use crate::page::render;
use crate::page::tests::sample;
use crate::page::words::ansi;
use crate::state::Phase;

/// Text that only rustc's output has: macro backtraces, which the page folds, long lines cut short, and advice about what the page
/// does.
const LEFT_OUT: [&str; 5] = [
    "consider using `--verbose` to print the full type name",
    "...",
    "originates in the",
    "in Nightly builds, run with",
    "duplicate diagnostic emitted",
];

#[test]
fn sixty_kinds_of_errors_are_shown_in_full() {
    let mut kinds = BTreeSet::new();
    let mut losses = Vec::new();
    for fixture in fixtures() {
        let diagnostics = compile(&fixture);
        assert_ne!(
            diagnostics.iter().len(),
            0,
            "{} compiles",
            fixture.display()
        );
        kinds.extend(diagnostics.iter().map(kind));
        let shown = shown(diagnostics.clone());
        let printed = diagnostics.iter().flat_map(printed);
        let lost = printed.filter(|printed| !is_shown(printed, &shown));
        losses.extend(lost.map(|lost| format!("{}: {lost}", fixture.display())));
    }
    assert!(losses.is_empty(), "{losses:#?}");
    assert!(kinds.len() >= 60, "{} kinds", kinds.len());
}

#[test]
fn a_type_that_is_too_long_for_a_message_is_folded_in() {
    let fixture = fixtures()
        .into_iter()
        .find(|file| file.ends_with("long_type.rs"));
    let diagnostics = compile(&fixture.expect("it is a fixture"));
    let status = sample::status(Phase::Failed, diagnostics);
    let page = render(&status, Format::Html(Revisit::Freely));
    let html = String::from_utf8(page.body.to_vec()).unwrap();
    let (_, fold) = html
        .split_once("data-fold=\"type\"")
        .expect("the type has a fold");
    let (fold, _) = fold.split_once("</details>").unwrap();
    assert!(
        fold.contains("Result&lt;BTreeMap&lt;String, Vec&lt;Option&lt;String&gt;&gt;&gt;, Box&lt;dyn std::error::Error&gt;&gt;"),
        "{fold}"
    );
    let (shown, _) = html.split_once("data-fold=\"raw\"").unwrap();
    assert!(!shown.contains("--verbose"), "{shown}");
}

/// Returns the code, or the title of a diagnostic without one.
fn kind(diagnostic: &Diagnostic) -> String {
    let message = &diagnostic.message;
    match &message.code {
        Some(code) => code.code.clone(),
        None => message.message.clone(),
    }
}

/// Returns `true` if the text is on the page, in one piece or as a sentence and the code that it suggests.
fn is_shown(printed: &str, shown: &str) -> bool {
    let apart = printed.rsplit_once(": ");
    shown.contains(printed)
        || apart.is_some_and(|(help, code)| shown.contains(help) && shown.contains(code))
}

fn fixtures() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/page/tests/fixtures");
    let files = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut fixtures: Vec<_> = files
        .filter(|file| file.extension().is_some_and(|kind| kind == "rs"))
        .collect();
    fixtures.sort();
    fixtures
}

fn compile(fixture: &Path) -> Diagnostics {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("src")).unwrap();
    fs::copy(fixture, directory.path().join("src/main.rs")).unwrap();
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .args([
            "--edition=2024",
            "--crate-name=blog",
            "--error-format=json",
            "--json=diagnostic-rendered-ansi",
        ])
        .args(["--emit=metadata", "-o", "blog.rmeta", "src/main.rs"])
        .current_dir(directory.path())
        .output()
        .unwrap();
    let lines = String::from_utf8(output.stderr).unwrap();
    sample::diagnostics(&lines, directory.path())
}

/// Returns the page's text without rustc's own output, each run of white space as one space.
fn shown(diagnostics: Diagnostics) -> String {
    let status = sample::status(Phase::Failed, diagnostics);
    let page = render(&status, Format::Html(Revisit::Freely));
    let html = String::from_utf8(page.body.to_vec()).unwrap();
    let (_, main) = html.split_once("<main").unwrap();
    let mut text = String::new();
    for (index, part) in main
        .split("<details class=\"f\" data-fold=\"raw\">")
        .enumerate()
    {
        let rest = if index == 0 {
            part
        } else {
            part.split_once("</details>").unwrap().1
        };
        text.push_str(&without_tags(rest));
    }
    squeezed(&text)
}

fn without_tags(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        let (tag, rest) = part.split_once('>').unwrap_or(("", part));
        // Rows and blocks are separate words; elements within a line are not.
        if !tag.starts_with("span class=\"k-")
            && ![
                "/span", "mark", "/mark", "ins", "/ins", "del", "/del", "b", "/b", "code", "/code",
            ]
            .iter()
            .any(|inline| tag.starts_with(inline))
        {
            text.push(' ');
        }
        text.push_str(rest);
    }
    for (entity, c) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, c);
    }
    text
}

/// Returns the text that rustc prints for a diagnostic, in pieces without its drawing.
fn printed(diagnostic: &Diagnostic) -> impl Iterator<Item = String> {
    let rendered = ansi::strip(diagnostic.message.rendered.as_deref().unwrap_or_default());
    let lines = rendered
        .lines()
        .filter(|line| !LEFT_OUT.iter().any(|left_out| line.contains(left_out)));
    let pieces: Vec<_> = lines.flat_map(undrawn).collect();
    pieces.into_iter().filter(|piece| !piece.is_empty())
}

/// Returns a line without line number, frame, arrows, underlines and level.
fn undrawn(line: &str) -> Vec<String> {
    let line = line
        .trim_start()
        .trim_start_matches(|c: char| c.is_ascii_digit())
        .trim_start();
    if let Some((_, place)) = line.split_once("--> ").or_else(|| line.split_once("::: ")) {
        // Lines and columns differ where rustc has no source, and the directory of such a file is that of its build.
        let file = place.split(':').next().unwrap_or(place);
        let own = file.split_once("/library/").map_or(file, |(_, rest)| rest);
        return vec![own.to_owned()];
    }
    let drawing = ['|', '=', '^', '-', '~', '+', '_', ' ', '>', ':', '/', '\\'];
    let line = line.trim_start_matches("...").trim_start_matches(drawing);
    let line = match line.split_once(": ") {
        Some((level, rest)) if level.starts_with("error[") || LEVELS.contains(&level) => rest,
        _ => line,
    };
    // Underlines separate two labels in a row.
    let labels = line
        .split(" ^")
        .flat_map(|part| part.split(" --"))
        .flat_map(|part| part.split(" | "));
    labels
        .map(|label| squeezed(label.trim_start_matches(drawing).trim_end_matches(drawing)))
        .collect()
}

const LEVELS: [&str; 4] = ["error", "warning", "note", "help"];

/// Returns `text` with each run of white space as one space, without backticks, and with reordering characters as rustc writes them.
fn squeezed(text: &str) -> String {
    let text = text.replace('`', "").replace("[U+202E]", "\u{fffd}");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
