//! The first chapter of the book and its pages for users of other frameworks, followed step by step.

use std::fs;

use gin_tests::{Client, Sandbox};
use rustix::process::Signal;
use serde_json::Value;

/// The chapter, whose commands and code the reader types.
const CHAPTER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/src/first-app.md");
/// The pages for users of other frameworks.
const PAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/src/coming-from");

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

/// The project is that of `cargo gin new hello`, whose dependencies are compiled already; the commands that change it are the page's.
#[tokio::test]
async fn the_project_of_the_pages_for_users_of_gin_and_axum_runs() {
    let (gin, axum) = (page("gin"), page("axum"));
    let commands = commands_of_project(&gin);
    assert_eq!(commands, commands_of_project(&axum));
    let [new, additions @ .., "cargo gin dev"] = &commands[..] else {
        panic!("the page creates a project and runs it: {commands:?}")
    };
    let name = new
        .strip_prefix("cargo gin new ")
        .and_then(|rest| rest.split_once(" && cd "));
    let (name, directory) = name.expect("the page creates a project first");
    assert_eq!(name, directory);
    let created = Sandbox::empty();
    assert_eq!(created.run(&["new", name]).await.code, 0);

    let project = Sandbox::new("hello");
    let main = created.read(&format!("{name}/src/main.rs"));
    assert_eq!(main, project.read("src/main.rs"));
    for command in additions {
        let words = command.split_whitespace().skip(1);
        let args: Vec<&str> = words.chain(["--offline"]).collect();
        let exit = project.cargo(&args).await;
        assert_eq!(exit.code, 0, "{command}: {}", exit.stderr);
    }
    let app = project.built().dev().await;
    app.get("/hello/Ann").await.is(200).says("Hello, Ann!");
    listens_on_a_port(app.project()).await;
}

/// Starts the app by itself, with `PORT`.
async fn listens_on_a_port(project: &Sandbox) {
    let app = project.start_app(&[("PORT", "0")]);
    let is_address = |line: &Value| line.to_string().contains("http://");
    let line = app.stderr.find("its address", is_address).await;
    let address = line.as_str().and_then(|line| line.split("http://").nth(1));
    let address = address.and_then(|address| address.trim().parse().ok());
    let client = Client::new(address.expect("the app logs its address"));
    client.get("/hello/Bob").await.is(200).says("Hello, Bob!");
    assert_eq!(app.stop(Signal::TERM).await.code, 0);
}

/// The page for users of another framework.
fn page(framework: &str) -> String {
    let path = format!("{PAGES}/{framework}.md");
    fs::read_to_string(path).expect("the page can be read")
}

/// The commands below a page's heading `A project`.
fn commands_of_project(page: &str) -> Vec<&str> {
    let section = page.split("## A project").nth(1);
    let block = section.and_then(|rest| rest.split("```").nth(1));
    let lines = block.expect("the page has commands").lines();
    lines.filter_map(|line| line.strip_prefix("$ ")).collect()
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
