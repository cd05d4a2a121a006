//! The sizes of the smallest template, and of the app in `examples/bookmarks`, which is written twice: on gin-core and on axum.

use crate::files;

/// The most lines of the app on gin-core, in percent of those of the same app on axum.
const MOST_PERCENT: usize = 80;
/// The most lines of the smallest template, without its test.
const MOST_LINES: usize = 19;

/// Both use the same module for the database, which counts in neither.
#[test]
fn an_app_on_gin_core_is_a_fifth_shorter_than_on_axum() {
    let ours = lines("examples/bookmarks/gin/src");
    let axum = lines("examples/bookmarks/axum/src");
    assert!(ours > 0);
    assert!(
        100 * ours <= MOST_PERCENT * axum,
        "{ours} lines on gin-core, {axum} on axum"
    );
}

/// Counts the lines with code.
fn lines(directory: &str) -> usize {
    let files = files::in_directory(directory);
    let own = files.iter().filter(|file| !file.path.ends_with("db.rs"));
    let lines = own.flat_map(|file| file.text.lines().map(str::trim));
    lines
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .count()
}

#[test]
fn the_smallest_template_has_less_than_twenty_lines() {
    let files = files::in_directory("templates/hello/src");
    let main = files.iter().find(|file| file.path.ends_with("main.rs"));
    let app = main.and_then(|main| main.text.split("#[cfg(test)]").next());
    let lines = app.unwrap_or_default().lines();
    let lines = lines.filter(|line| !line.trim().is_empty()).count();
    assert!((1..=MOST_LINES).contains(&lines), "{lines} lines");
}
