//! Panics in an app's output: what is read is what was written.

#![no_main]

use cargo_gin::fuzzing::panics;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let read = panics(text.split('\n'));
    let again = panics(read.split_terminator('\n'));
    assert_eq!(read, again, "from {text:?}");
    let is_opening = |line: &&str| line.starts_with("thread '") && line.contains(" panicked at ");
    let opened = text.split('\n').filter(is_opening).count();
    let found = read.split('\n').filter(is_opening).count();
    assert!(found <= opened, "{read}");
    check_written(text);
});

/// Writes a panic whose thread is the first line and whose message is the others, and checks that it is read as it was.
fn check_written(text: &str) {
    let (thread, message) = text.split_once('\n').unwrap_or((text, ""));
    let is_marker = |line: &str| {
        line == "stack backtrace:" || line.starts_with("note: ") || line.starts_with("thread '")
    };
    if thread.contains(" panicked at ")
        || message.starts_with('\n')
        || message.split('\n').any(is_marker)
    {
        return;
    }
    let mut written = format!("thread '{thread}' panicked at ./src/main.rs:12:5:\n");
    if !message.is_empty() {
        written.push_str(&format!("{message}\n"));
    }
    written.push_str("stack backtrace:\n   0: blog::main\n             at ./src/main.rs:12:5\n");
    assert_eq!(panics(written.split_terminator('\n')), written);
}
