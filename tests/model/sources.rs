//! The sources of the project. `@` stands for the word that a file contributes to the response.

/// The app. It prints its response with `--print`.
pub(crate) const MAIN: &str = r#"
mod made;
mod part;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

const LINES: [(&str, &str); 21] = [
    ("main", "@"),
    ("part", part::TEXT),
    ("made", made::TEXT),
    ("page", include_str!("../page.html")),
    ("dist", include_str!("../../../ui/dist/index.html")),
    ("middle", include_str!("../../../ui/now/page.html")),
    ("linked", include_str!("linked.html")),
    ("hard", include_str!("../../../ui/hard.html")),
    ("ignored", include_str!("../../ignored/note.txt")),
    ("inner", inner::TEXT),
    ("data", inner::DATA),
    ("outer", outer::TEXT),
    ("above", match option_env!("ABOVE") { Some(word) => word, None => "none" }),
    ("more", match option_env!("MORE") { Some(word) => word, None => "none" }),
    ("near", match option_env!("NEAR") { Some(word) => word, None => "none" }),
    ("about", env!("CARGO_PKG_DESCRIPTION")),
    ("root", env!("CARGO_PKG_HOMEPAGE")),
    ("inner manifest", inner::ABOUT),
    ("outer manifest", outer::ABOUT),
    ("proto", env!("PROTO")),
    ("hidden", env!("HIDDEN")),
];

fn main() {
    let mut text: String = LINES.iter().map(|(name, word)| format!("{name}={word}\n")).collect();
    let word = std::env::var("WORD").unwrap_or("none".into());
    text += &format!("word={word}\n");
    if std::env::args().any(|arg| arg == "--print") {
        return print!("{text}");
    }
    let port = std::env::var("PORT").unwrap();
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).unwrap();
    for stream in listener.incoming() {
        let Ok(mut stream) = stream else { continue };
        let lines = BufReader::new(&stream).lines();
        lines.map_while(Result::ok).take_while(|line| !line.is_empty()).for_each(drop);
        let length = text.len();
        let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
        let _ = stream.write_all((head + &text).as_bytes());
    }
}
"#;

/// A module.
pub(crate) const MODULE: &str = "pub const TEXT: &str = \"@\";\n";

/// The build script of the app. It declares two directories, one of them hidden.
pub(crate) const SCRIPT: &str = r#"
use std::{fs, path::Path};

fn join(directory: &Path) -> String {
    let mut paths: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let texts = paths.iter().map(|path| match path.is_dir() {
        true => join(path),
        false => fs::read_to_string(path).unwrap(),
    });
    texts.collect()
}

fn main() {
    for (name, directory) in [("PROTO", "../proto"), ("HIDDEN", "../.hidden")] {
        println!("cargo::rerun-if-changed={directory}");
        println!("cargo::rustc-env={name}={}", join(Path::new(directory)));
    }
}
"#;

pub(crate) const APP_MANIFEST: &str = r#"[package]
name = "app"
version = "0.0.0"
edition = "2024"
description = "@"
homepage.workspace = true

[dependencies]
inner = { path = "../inner" }
outer = { path = "../../outer" }
"#;

pub(crate) const ROOT_MANIFEST: &str = r#"[workspace]
resolver = "3"
members = ["app", "inner"]

[workspace.package]
homepage = "@"

[profile.dev]
debug = 0
"#;

/// A dependency in the workspace, whose build script declares nothing.
pub(crate) const INNER: &str = r#"
pub const TEXT: &str = "@";
pub const DATA: &str = env!("DATA");
pub const ABOUT: &str = env!("CARGO_PKG_DESCRIPTION");
"#;

pub(crate) const INNER_SCRIPT: &str = r#"
fn main() {
    println!("cargo::rustc-env=DATA={}", std::fs::read_to_string("data.txt").unwrap());
}
"#;

pub(crate) const INNER_MANIFEST: &str = r#"[package]
name = "inner"
version = "0.0.0"
edition = "2024"
description = "@"
"#;

/// A dependency beside the workspace.
pub(crate) const OUTER: &str = r#"
pub const TEXT: &str = "@";
pub const ABOUT: &str = env!("CARGO_PKG_DESCRIPTION");
"#;

pub(crate) const OUTER_MANIFEST: &str = r#"[package]
name = "outer"
version = "0.0.0"
edition = "2024"
description = "@"

[workspace]
"#;

/// The configuration above the workspace, which includes another.
pub(crate) const ABOVE: &str = r#"include = [{ path = "../more/words.toml" }]

[env]
ABOVE = "@"
"#;

pub(crate) const MORE: &str = "[env]\nMORE = \"@\"\n";
pub(crate) const NEAR: &str = "[env]\nNEAR = \"@\"\n";
