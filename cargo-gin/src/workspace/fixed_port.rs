//! The port that an app listens on whatever `PORT` says, as its source shows before it is built.

use std::fs;
use std::path::{Path, PathBuf};

/// The most files that are read. An app that has more is hardly one that fixes its port.
const MAX_FILES: usize = 200;

/// A line that opens a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opening {
    pub(crate) file: PathBuf,
    /// From 1.
    pub(crate) line: usize,
}

/// Returns the line below `directory` on which an app seems to listen on `port`, unless it reads `PORT`.
pub(crate) fn opening(directory: &Path, port: u16) -> Option<Opening> {
    let mut files = Vec::new();
    collect(directory, &mut files);
    files.sort();
    let mut found = None;
    for file in files {
        let text = fs::read_to_string(&file).unwrap_or_default();
        if text.contains("\"PORT\"") {
            return None;
        }
        let line = text.lines().position(|line| opens(line, port));
        let opening = |line| Opening {
            file,
            line: line + 1,
        };
        found = found.or_else(|| line.map(opening));
    }
    found
}

/// Adds the source files in `directory` and below.
fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    for entry in entries {
        if files.len() >= MAX_FILES {
            return;
        }
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => collect(&path, files),
            Ok(kind) if kind.is_file() && path.extension() == Some("rs".as_ref()) => {
                files.push(path);
            }
            _ => {}
        }
    }
}

/// Returns `true` for a line such as `TcpListener::bind("127.0.0.1:3000")` or `SocketAddr::from(([127, 0, 0, 1], 3000))`.
fn opens(line: &str, port: u16) -> bool {
    let code = line.trim_start();
    let code = code.to_ascii_lowercase();
    !code.starts_with("//")
        && ["bind", "listen", "addr"]
            .iter()
            .any(|word| code.contains(word))
        && numbers(&code).any(|number| number == port.to_string())
}

/// Returns the whole numbers in `text`.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
    words.map(|word| word.trim_end_matches("u16").trim_end_matches('_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_opens_the_port_is_recognized() {
        for line in [
            "let listener = TcpListener::bind(\"127.0.0.1:3000\").await.unwrap();",
            "    let addr = SocketAddr::from(([0, 0, 0, 0], 3000));",
            "const ADDRESS: &str = \"localhost:3000\";",
            "app.listen(3000)",
            "Server::bind((Ipv4Addr::LOCALHOST, 3000_u16))",
        ] {
            assert!(opens(line, 3000), "{line}");
        }
        for line in [
            "// TcpListener::bind(\"127.0.0.1:3000\")",
            "TcpListener::bind(\"127.0.0.1:8080\")",
            "TcpListener::bind(\"127.0.0.1:13000\")",
            "TcpListener::bind(\"127.0.0.1:30001\")",
            "let timeout = 3000;",
            "println!(\"open http://127.0.0.1:3000\");",
        ] {
            assert!(!opens(line, 3000), "{line}");
        }
    }

    #[test]
    fn an_app_that_reads_port_fixes_none() {
        let directory = tempfile::tempdir().unwrap();
        let source = directory.path().join("net");
        fs::create_dir(&source).unwrap();
        let file = source.join("listen.rs");
        fs::write(&file, "// The door.\nlisten(\"[::1]:3000\");\n").unwrap();
        let found = opening(directory.path(), 3000);
        assert_eq!(found, Some(Opening { file, line: 2 }));
        assert_eq!(opening(directory.path(), 3001), None);
        let main = directory.path().join("main.rs");
        fs::write(main, "env::var(\"PORT\")").unwrap();
        assert_eq!(opening(directory.path(), 3000), None);
    }
}
