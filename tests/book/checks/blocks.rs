//! Blocks: their languages, and the commands in those of consoles.

use crate::text::{self, Block};

/// Languages of blocks that are not run.
const DATA: [&str; 15] = [
    "css",
    "dockerfile",
    "go",
    "html",
    "ini",
    "javascript",
    "jinja",
    "json",
    "lua",
    "nginx",
    "proto",
    "sql",
    "text",
    "typescript",
    "yaml",
];
/// Pages with code of other frameworks. That of axum is compiled in the documentation of gin-core, and the rest nowhere.
const FOREIGN: &str = "coming-from/";
/// Commands of the shell.
const SHELL: [&str; 2] = ["cd", "eval"];
/// Commands of cargo. Those of `cargo gin` are parsed by a test of cargo-gin.
const CARGO: [&str; 8] = [
    "add", "build", "doc", "gin", "init", "install", "run", "test",
];

impl Block {
    /// Returns `true` if the block is compiled as a test of the documentation.
    pub(crate) fn is_compiled(&self) -> bool {
        self.kind.starts_with("rust") && !self.kind.contains("ignore")
    }

    /// Its commands, with lines that a `\` continues joined.
    fn commands(&self) -> Vec<String> {
        let text = self.text.replace("\\\n", "");
        let lines = text.lines().filter_map(|line| line.strip_prefix("$ "));
        lines.map(str::to_owned).collect()
    }
}

#[test]
fn each_block_is_compiled_run_or_data() {
    let mut faults = Vec::new();
    for page in text::pages() {
        for block in page.blocks() {
            let fault = fault(&page.file, &block);
            faults.extend(fault.map(|fault| format!("{}:{}: {fault}", page.file, block.line)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn fault(file: &str, block: &Block) -> Option<String> {
    let included = block.text.trim().strip_prefix("{{#include ");
    if let Some(source) = included {
        return missing_source(file, source.trim_end_matches('}'));
    }
    match block.kind.split(',').next().unwrap_or_default() {
        "rust" if block.is_compiled() => None,
        "rust" => (!file.starts_with(FOREIGN))
            .then(|| "code that is neither compiled nor included".to_owned()),
        "console" => block.commands().is_empty().then(|| "no command".to_owned()),
        "json" => serde_json::from_str::<serde_json::Value>(&block.text)
            .err()
            .map(|error| error.to_string()),
        "toml" => toml::from_str::<toml::Table>(&block.text)
            .err()
            .map(|error| error.to_string()),
        kind => (!DATA.contains(&kind)).then(|| format!("the language {kind:?} is not known")),
    }
}

/// Returns the fault of a block that is a part of a file, `../../examples/app/src/main.rs:name`.
fn missing_source(page: &str, source: &str) -> Option<String> {
    let (path, name) = source.rsplit_once(':')?;
    let directory = text::sources().join(page);
    let path = directory.parent()?.join(path);
    let Ok(text) = std::fs::read_to_string(&path) else {
        return Some(format!("there is no file {}", path.display()));
    };
    let has_part = text
        .lines()
        .any(|line| line.trim() == format!("// ANCHOR: {name}"));
    (!has_part).then(|| format!("{} has no part {name}", path.display()))
}

#[test]
fn each_command_is_run_or_known() {
    let mut faults = Vec::new();
    for page in text::pages() {
        let served = |heading: &str| {
            let call = format!("gin_book::shows(\"{}\", \"{heading}\"", page.file);
            page.text.contains(&call)
        };
        let blocks = page.blocks();
        for block in blocks.iter().filter(|block| block.kind == "console") {
            for command in block.commands() {
                let is_known = parts(&command).all(|part| match program(part) {
                    ("curl", _) => served(&block.heading),
                    ("cargo", command) => CARGO.contains(&command),
                    (program, _) => SHELL.contains(&program),
                });
                if !is_known {
                    faults.push(format!("{}:{}: {command}", page.file, block.line));
                }
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{}\nA `curl` is run by `gin_book::shows` in a hidden line of its chapter.",
        faults.join("\n")
    );
}

/// The commands that `&&` joins.
fn parts(command: &str) -> impl Iterator<Item = &str> {
    command.split("&&").map(str::trim)
}

/// The program and the word after it, without variables before them.
fn program(part: &str) -> (&str, &str) {
    let mut words = part
        .split_whitespace()
        .skip_while(|word| word.contains('='));
    let program = words.next().unwrap_or_default();
    (program, words.next().unwrap_or_default())
}
