//! Links: to pages, to their headings, and to files of the repository.

use std::path::Path;

use crate::text::{self, Page};

#[test]
fn each_link_leads_to_a_page_and_a_heading() {
    let pages = text::pages();
    let mut faults = Vec::new();
    for page in &pages {
        for (line, link) in page.links() {
            let fault = fault(&pages, page, &link);
            faults.extend(fault.map(|fault| format!("{}:{line}: {link}: {fault}", page.file)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn fault(pages: &[Page], from: &Page, link: &str) -> Option<&'static str> {
    if let Some(address) = link.strip_prefix("http://") {
        let host = address.split(['/', ':']).next().unwrap_or_default();
        let is_local = matches!(host, "localhost" | "127.0.0.1");
        return (!is_local).then_some("the address is not https");
    }
    if link.starts_with("https://") {
        return None;
    }
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let file = if file.is_empty() {
        from.file.clone()
    } else {
        resolved(&from.file, file)
    };
    let Some(page) = pages.iter().find(|page| page.file == file) else {
        let is_file = text::sources().join(&file).is_file();
        return (!is_file).then_some("there is no such page");
    };
    let has_heading = anchor.is_empty() || page.anchors().iter().any(|other| other == anchor);
    (!has_heading).then_some("the page has no such heading")
}

/// Returns the file of a link, relative to `docs/src`.
fn resolved(from: &str, link: &str) -> String {
    let directory = Path::new(from).parent().unwrap_or(Path::new(""));
    let mut parts: Vec<&str> = directory.iter().filter_map(|part| part.to_str()).collect();
    for part in link.split('/') {
        match part {
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[test]
fn a_link_to_nothing_is_a_fault() {
    let page = |file: &str, text: &str| Page {
        file: file.to_owned(),
        text: text.to_owned(),
    };
    let pages = [page("a.md", "# A"), page("b/c.md", "# C\n\n## Two `words`")];
    for (from, link, is_fault) in [
        (0, "b/c.md", false),
        (0, "b/c.md#two-words", false),
        (0, "b/c.md#three", true),
        (0, "c.md", true),
        (1, "../a.md", false),
        (1, "#two-words", false),
        (1, "a.md", true),
        (0, "http://localhost:3000", false),
        (0, "http://example.com", true),
    ] {
        assert_eq!(
            fault(&pages, &pages[from], link).is_some(),
            is_fault,
            "{link}"
        );
    }
}
