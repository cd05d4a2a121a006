//! Names in the prose: the options are those of the command line, and the items are gin-core's.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::text::{self, Page};

/// Options of cargo and of other tools.
const OTHERS: [&str; 1] = ["--release"];
/// Types of other crates, in front of `::`.
const FOREIGN: [&str; 4] = ["PgPool", "RedisStore", "ServiceBuilder", "TcpListener"];

#[test]
fn each_option_in_the_prose_exists() {
    let pages = text::pages();
    let options = pages.iter().find(|page| page.file == "dev/options.md");
    let options = &options.expect("the page exists").text;
    let mut faults = Vec::new();
    for page in pages.iter().filter(|page| page.file != "dev/options.md") {
        for (line, code) in own_code(page) {
            let flags = code
                .split_whitespace()
                .filter(|word| word.starts_with("--"));
            let flags = flags.map(|word| word.split('=').next().unwrap_or(word));
            let is_known = |flag: &str| {
                let name = format!("`{flag}");
                let ends = [' ', '`'].map(|end| format!("{name}{end}"));
                flag == "--"
                    || OTHERS.contains(&flag)
                    || ends.iter().any(|end| options.contains(end))
            };
            let unknown = flags.filter(|flag| !is_known(flag));
            faults.extend(unknown.map(|flag| format!("{}:{line}: {flag}", page.file)));
        }
    }
    assert!(
        faults.is_empty(),
        "there is no such option:\n{}",
        faults.join("\n")
    );
}

#[test]
fn each_function_in_the_prose_exists() {
    let functions = functions();
    let mut faults = Vec::new();
    for page in text::pages() {
        for (line, code) in own_code(&page) {
            let unknown = called(&code).filter(|name| !functions.contains(name));
            faults.extend(unknown.map(|name| format!("{}:{line}: {name}", page.file)));
        }
    }
    assert!(
        faults.is_empty(),
        "gin-core has no such function:\n{}",
        faults.join("\n")
    );
}

/// The code in the prose that names something of ours: in tables of other frameworks the last column.
fn own_code(page: &Page) -> Vec<(usize, String)> {
    let is_foreign = page.file.starts_with("coming-from/");
    let lines = page
        .prose()
        .filter(|(_, line)| !is_foreign || line.starts_with('|'));
    let mut found = Vec::new();
    for (number, line) in lines {
        let line = line.replace("\\|", " ");
        let cell = line.trim_end_matches(['|', ' ']).rsplit('|').next();
        let text = if is_foreign {
            cell.unwrap_or_default()
        } else {
            &line
        };
        let codes = text.split('`').skip(1).step_by(2);
        found.extend(codes.map(|code| (number, without_text(code))));
    }
    found
}

/// Removes the strings in a piece of code.
fn without_text(code: &str) -> String {
    code.split('"').step_by(2).collect()
}

/// The names behind `Type::`, `.` and `cx.` that are called or are methods: `Group::files`, `.mount(routes![a])`, `cx.cached`.
fn called(code: &str) -> impl Iterator<Item = String> {
    let is_end = |character: char| !character.is_alphanumeric() && character != '_';
    let name = move |rest: &str| rest.split(is_end).next().unwrap_or_default().to_owned();
    let is_small = |name: &String| name.starts_with(char::is_lowercase);
    let of_types = code.match_indices("::").filter_map(move |(start, _)| {
        let before = code[..start].rsplit(is_end).next().unwrap_or_default();
        let is_ours = before.starts_with(char::is_uppercase) && !FOREIGN.contains(&before);
        is_ours.then(|| name(&code[start + 2..]))
    });
    let is_chain = code.starts_with('.') && code.contains('(') || code.starts_with("cx.");
    let dots = code
        .match_indices('.')
        .filter(move |(start, _)| is_chain && code[start + 1..].starts_with(char::is_lowercase));
    let of_values = dots.map(move |(start, _)| name(&code[start + 1..]));
    of_types.chain(of_values).filter(is_small)
}

/// The functions of gin-core, and of the types that it exports.
fn functions() -> BTreeSet<String> {
    // Those of std.
    let known = ["await", "into", "unwrap_or"];
    let mut found: BTreeSet<String> = known.map(str::to_owned).into();
    collect(&text::root().join("gin-core/src"), &mut found);
    found
}

fn collect(directory: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(directory).expect("the directory can be read") {
        let path = entry.expect("the directory can be read").path();
        if path.is_dir() {
            collect(&path, found);
            continue;
        }
        let text = fs::read_to_string(&path).unwrap_or_default();
        for rest in text.split("fn ").skip(1) {
            let end = rest.find(|character: char| !character.is_alphanumeric() && character != '_');
            found.insert(rest[..end.unwrap_or(rest.len())].to_owned());
        }
    }
}
