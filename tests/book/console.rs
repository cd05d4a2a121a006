//! The commands of a chapter, run against the app of its code.

use std::path::Path;
use std::process::Command;

use gin::{Group, Server};
use tokio::net::TcpListener;

/// The address that the book shows.
const SHOWN: &str = "localhost:3000";
/// A line of the book that stands for any lines of the output.
const REST: &str = "…";

/// Runs each `curl` of the console blocks below a heading against `app`, and compares its output with the one that the book shows.
///
/// A block with a line `…` shows some lines of the output, in their order.
///
/// # Panics
///
/// Panics if an output differs, and if the chapter has no such heading.
///
/// ```
/// let app = gin::Group::new("").get("/hello/:name", async |gin::Path(name): gin::Path<String>| format!("Hello, {name}!\n"));
/// gin_book::shows("first-app.md", "Change it", app);
/// ```
pub fn shows(chapter: &str, heading: &str, app: Group) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src");
    let file = file.join(chapter);
    let text = std::fs::read_to_string(&file).expect("the chapter can be read");
    let section = section(&text, heading);
    let commands = commands(&section);
    assert!(
        !commands.is_empty(),
        "{chapter}: there is no curl below {heading}"
    );
    if Command::new("curl").arg("--version").output().is_err() {
        return;
    }
    run(async {
        let engine = app.build().expect("the app has no flaws");
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port is free");
        let address = listener.local_addr().expect("it is bound").to_string();
        tokio::spawn(Server::new(engine).listen(listener).run());
        for command in commands {
            let output = command.run(&address).await;
            command.compare(&output);
        }
    });
}

/// Runs a future to its end, for the hidden lines of a block.
///
/// # Panics
///
/// Panics if no runtime can be started.
///
/// ```
/// assert_eq!(gin_book::run(async { 7 }), 7);
/// ```
pub fn run<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Runtime::new().expect("tokio starts");
    runtime.block_on(future)
}

/// A command, and the output that the book shows.
#[derive(Debug, PartialEq, Eq)]
struct Shown {
    line: String,
    output: Vec<String>,
}

impl Shown {
    async fn run(&self, address: &str) -> String {
        let words = shell_words::split(&self.line).expect("the quotes of a command are closed");
        let words = words.iter().skip(1);
        let words = words.map(|word| word.replace(SHOWN, address));
        let curl = tokio::process::Command::new("curl")
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
            .args(["--silent", "--max-time", "30"])
            .args(words)
            .output();
        let output = curl.await.expect("curl starts");
        let output = String::from_utf8_lossy(&output.stdout).replace('\r', "");
        output.replace(address, SHOWN)
    }

    fn compare(&self, output: &str) {
        let mut lines = output.lines().map(str::trim_end);
        let is_equal = if self.output.iter().any(|line| line == REST) {
            let mut shown = self.output.iter().filter(|line| *line != REST);
            shown.all(|line| lines.any(|other| other == line))
        } else {
            lines.eq(self.output.iter().map(String::as_str))
        };
        assert!(is_equal, "$ {}\n{output}", self.line);
    }
}

/// Returns the text below a heading, up to the next one.
fn section(text: &str, heading: &str) -> String {
    let is_heading = |line: &&str| line.starts_with('#') && line.contains("# ");
    let mut is_code = false;
    let mut lines = text.lines().map(|line| {
        is_code ^= line.starts_with("```");
        (line, is_code)
    });
    let found = lines.any(|(line, is_code)| {
        !is_code && is_heading(&line) && line.trim_start_matches('#').trim() == heading
    });
    assert!(found, "there is no heading {heading:?}");
    let lines = lines.take_while(|(line, is_code)| *is_code || !is_heading(line));
    let lines: Vec<&str> = lines.map(|(line, _)| line).collect();
    lines.join("\n")
}

/// Finds the `curl` commands of console blocks.
fn commands(text: &str) -> Vec<Shown> {
    let mut found: Vec<Shown> = Vec::new();
    let blocks = text.split("```console\n").skip(1);
    for block in blocks.filter_map(|rest| rest.split("```").next()) {
        let block = block.replace("\\\n", "");
        let mut is_curl = false;
        for line in block.lines() {
            match (line.strip_prefix("$ "), found.last_mut()) {
                (Some(command), _) => {
                    is_curl = command.starts_with("curl ");
                    let (line, output) = (command.to_owned(), Vec::new());
                    found.extend(is_curl.then_some(Shown { line, output }));
                }
                (None, Some(last)) if is_curl => last.output.push(line.trim_end().to_owned()),
                (None, _) => {}
            }
        }
    }
    found
}
