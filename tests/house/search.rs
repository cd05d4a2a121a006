//! The search of the documentation finds what users look for: an item's name, or an alias, has the word.

use crate::files;

/// Words that users of other frameworks search for. rustdoc's search reads no dash, so that `set-cookie` is `set_cookie` there.
const WORDS: [&str; 25] = [
    "abort",
    "compress",
    "cors",
    "csrf",
    "extension",
    "layer",
    "login",
    "merge",
    "middleware",
    "next",
    "multipart",
    "redirect",
    "router",
    "session",
    "set_cookie",
    "shutdown",
    "static",
    "template",
    "timeout",
    "tls",
    "upload",
    "validate",
    "websocket",
    "fallback",
    "stream",
];
const ITEMS: [&str; 6] = [
    "pub fn ",
    "pub async fn ",
    "pub const fn ",
    "pub struct ",
    "pub trait ",
    "pub mod ",
];

#[test]
fn the_words_of_users_find_an_item() {
    let files = files::in_directory("gin-core/src");
    let sources = files.iter().filter(|file| file.extension() == "rs");
    let names: Vec<String> = sources.flat_map(|file| names(&file.text)).collect();
    let missing: Vec<_> = WORDS
        .iter()
        .filter(|word| !names.iter().any(|name| name.contains(**word)))
        .collect();
    assert!(missing.is_empty(), "no name and no alias has {missing:?}");
}

/// The names of public items, and the aliases of functions, in small letters. rustdoc loses those of types that another module exports.
fn names(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut aliases: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[doc(alias") {
            let quoted = line.split('"').skip(1).step_by(2);
            aliases.extend(quoted.map(str::to_lowercase));
        } else if let Some(item) = ITEMS.iter().find_map(|item| line.strip_prefix(item)) {
            let end = item.find(|character: char| !character.is_alphanumeric() && character != '_');
            found.push(item[..end.unwrap_or(item.len())].to_lowercase());
            if line.contains("fn ") {
                found.append(&mut aliases);
            }
            aliases.clear();
        }
    }
    found
}

#[test]
fn aliases_of_types_do_not_count() {
    let text = "#[doc(alias(\"Two\", \"three\"))]\npub struct One;\n#[doc(alias = \"Five\")]\npub fn four() {}";
    assert_eq!(names(text), ["one", "four", "five"]);
}
