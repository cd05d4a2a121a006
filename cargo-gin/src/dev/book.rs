//! The tables in the book: each `[package.metadata.gin]` that it shows is one that the dev server takes.

use std::ffi::OsString;
use std::path::Path;

use clap::FromArgMatches as _;

use crate::cli::book::pages;
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
    let mut found = Vec::new();
    for (place, text) in pages() {
        let blocks = text.split("```toml\n").skip(1);
        for block in blocks.filter_map(|rest| rest.split("```").next()) {
            let manifest: serde_json::Value = toml::from_str(block).expect("a test parses it");
            let table = manifest.pointer("/package/metadata/gin").cloned();
            found.extend(table.map(|table| (place.clone(), table)));
        }
    }
    found
}
