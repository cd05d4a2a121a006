//! A small app without dependencies, whose build script declares a directory of many files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

/// The app's package, in a temporary directory.
pub(crate) struct App(PathBuf);

const MANIFEST: &str =
    "[package]\nname = \"verified\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n";

const SCRIPT: &str = "fn main() {\n    println!(\"cargo::rerun-if-changed=assets\");\n}\n";

const SOURCE: &str = r#"use std::io::{Read, Write};

fn main() {
    let address = format!("127.0.0.1:{}", std::env::var("PORT").unwrap());
    for stream in std::net::TcpListener::bind(address).unwrap().incoming().flatten() {
        std::thread::spawn(move || respond(stream));
    }
}

fn respond(mut stream: std::net::TcpStream) {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut buffer) {
        head.extend_from_slice(&buffer[..length]);
        if head.ends_with(b"\r\n\r\n") {
            head.clear();
            if stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok.").is_err() {
                return;
            }
        }
    }
}
"#;

impl App {
    /// Writes an app with this number of declared files. `name` is that of its directory.
    pub(crate) fn create(name: &str, files: u32) -> Result<App> {
        let directory = std::env::temp_dir()
            .join(format!("gin-bench-{}", std::process::id()))
            .join(name);
        for (name, text) in [
            ("Cargo.toml", MANIFEST),
            ("build.rs", SCRIPT),
            ("src/main.rs", SOURCE),
            (".gitignore", "/target\n"),
        ] {
            write(&directory.join(name), text)?;
        }
        for number in 0..files {
            let name = format!("assets/{}/{number}.txt", number % 50);
            write(&directory.join(name), "text\n")?;
        }
        Ok(App(directory))
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.0
    }
}

impl Drop for App {
    fn drop(&mut self) {
        // A failure leaves files in the temporary directory, which the system cleans.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    Ok(fs::write(path, text)?)
}
