//! The tables in the book: each `[package.metadata.gin]` that it shows is one that the dev server takes.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use clap::FromArgMatches as _;

use crate::cli::{Cli, Command};
use crate::dev::settings::Settings;
use crate::hooks;
use crate::sides::{self, Choice};
use crate::workspace::Section;

const NAME: &str = "package.metadata.gin";

#[test]
fn every_table_in_the_book_is_accepted() {
    let tables = tables();
    assert!(!tables.is_empty(), "the book shows tables");
    for (place, table) in tables {
        let section = Section {
            name: NAME,
            table: &table,
            directory: Path::new("/app"),
        };
        let options = settings().with(&[(NAME, &table)]).map(drop);
        let sides = sides::plans(&[section], Choice::All).map(drop);
        let hooks = hooks::hooks(&[section]).map(drop);
        for result in [options, sides, hooks] {
            result.unwrap_or_else(|error| panic!("{place}: {error:#}\n{table}"));
        }
    }
}

/// The settings of `cargo gin dev` alone.
fn settings() -> Settings {
    let args: Vec<OsString> = ["cargo-gin", "dev"].map(OsString::from).to_vec();
    let matches = Cli::parser().get_matches_from(&args);
    let cli = Cli::from_arg_matches(&matches).expect("the arguments are parsed");
    let Command::Dev(dev) = cli.command else {
        panic!("the command is `dev`")
    };
    Settings::new(args, &matches, *dev)
}

/// Finds the tables in the book and the README, each with its place.
fn tables() -> Vec<(String, serde_json::Value)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = vec![root.join("README.md")];
    collect(&root.join("docs/src"), &mut files);
    let mut found = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("the page can be read");
        let blocks = text.split("```toml\n").skip(1);
        for block in blocks.filter_map(|rest| rest.split("```").next()) {
            let manifest: serde_json::Value = toml::from_str(block).expect("a test parses it");
            let table = manifest.pointer("/package/metadata/gin").cloned();
            found.extend(table.map(|table| (file.display().to_string(), table)));
        }
    }
    found
}

/// Adds the pages below a directory.
fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("the directory can be read") {
        let path = entry.expect("the directory can be read").path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}
