//! The first chapter of the book, followed step by step.

use std::fs;

use gin_tests::Sandbox;

/// The chapter, whose commands and code the reader types.
const CHAPTER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/src/first-app.md");

#[tokio::test]
async fn the_first_changes_of_the_first_chapter_show() {
    let app = Sandbox::new("hello").dev().await;
    let chapter = fs::read_to_string(CHAPTER).expect("the chapter can be read");
    let [page, wrong, right, main] = code(&chapter, "Change a word of the page")[..] else {
        panic!("the chapter names a page, a mistake and a file")
    };
    app.replace(page, "It works.", "It really works.");
    app.page("/").await.is(200).shows("It really works.");
    app.replace(main, right, wrong);
    let broken = app.page("/").await.is(500);
    broken
        .shows("cannot find value `nam`")
        .shows("a local variable with a similar name exists");
    app.replace(main, wrong, right);
    app.page("/").await.is(200).shows("It really works.");
}

#[tokio::test]
async fn the_first_chapter_leads_to_a_greeting_and_a_test_that_passes() {
    let app = Sandbox::new("hello").dev().await;
    let chapter = fs::read_to_string(CHAPTER).expect("the chapter can be read");
    let [main, test] = blocks(&chapter)[..] else {
        panic!("the chapter has an app and its test")
    };
    app.edit("src/main.rs", &format!("{}\n{}", shown(main), shown(test)));
    app.get("/hello/Ann").await.is(200).says("Hello, Ann!\n");
    app.get("/hello").await.is(404).text();
    let exit = app.project().cargo(&["test"]).await;
    assert_eq!(exit.code, 0, "{}{}", exit.stdout, exit.stderr);
    assert!(exit.stdout.contains("1 passed"), "{}", exit.stdout);
    assert!(!exit.stderr.contains("warning"), "{}", exit.stderr);
}

/// The Rust blocks of a chapter.
fn blocks(chapter: &str) -> Vec<&str> {
    let blocks = chapter.split("```rust\n").skip(1);
    blocks.filter_map(|rest| rest.split("```").next()).collect()
}

/// A block as the reader sees it, without its hidden lines.
fn shown(block: &str) -> String {
    let lines = block.lines().filter(|line| !line.starts_with("# "));
    lines.collect::<Vec<_>>().join("\n")
}

/// The words in backquotes of the paragraph that begins with `words`.
fn code<'a>(chapter: &'a str, words: &str) -> Vec<&'a str> {
    let start = chapter.find(words).expect("the chapter has the paragraph");
    let paragraph = chapter[start..].split("\n\n").next().unwrap_or_default();
    paragraph.split('`').skip(1).step_by(2).collect()
}
