//! The summary and the pages: none is missing, none is left over.

use std::collections::BTreeSet;

use crate::text::{self, Block};

const SUMMARY: &str = "SUMMARY.md";

#[test]
fn the_summary_lists_each_page_once() {
    let pages = text::pages();
    let summary = pages.iter().find(|page| page.file == SUMMARY);
    let summary = summary.expect("the book has a summary");
    let listed: Vec<String> = summary.links().into_iter().map(|(_, link)| link).collect();
    let distinct: BTreeSet<&str> = listed.iter().map(String::as_str).collect();
    assert_eq!(
        listed.len(),
        distinct.len(),
        "a page is listed twice: {listed:?}"
    );
    let files = pages.iter().map(|page| page.file.as_str());
    let files: BTreeSet<&str> = files.filter(|file| *file != SUMMARY).collect();
    assert_eq!(distinct, files, "the summary, and the files in docs/src");
}

#[test]
fn each_page_has_one_title_and_it_is_that_of_the_summary() {
    let pages = text::pages();
    let summary = pages.iter().find(|page| page.file == SUMMARY);
    let summary = &summary.expect("the book has a summary").text;
    for page in pages.iter().filter(|page| page.file != SUMMARY) {
        let prose = page.prose().map(|(_, line)| line);
        let titles: Vec<&str> = prose.filter_map(|line| line.strip_prefix("# ")).collect();
        let [title] = titles[..] else {
            panic!("{}: {titles:?}", page.file)
        };
        let entry = format!("[{title}]({})", page.file);
        assert!(summary.contains(&entry), "the summary lacks {entry}");
    }
}

#[test]
fn the_code_of_each_page_is_compiled() {
    for page in text::pages() {
        let blocks = page.blocks();
        let has_code = blocks.iter().any(Block::is_compiled);
        let is_compiled = gin_book::CHAPTERS.contains(&page.file.as_str());
        assert_eq!(
            has_code, is_compiled,
            "{}: a page with Rust code is listed in tests/book/chapters.rs",
            page.file
        );
    }
}
