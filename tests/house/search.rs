//! The search of the documentation finds what users look for: an item's name, or an alias, has the word.

use std::collections::HashSet;
use std::mem;

use crate::files;
use crate::gin;

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
const ITEMS: [&str; 7] = [
    "pub fn ",
    "pub async fn ",
    "pub const fn ",
    "pub struct ",
    "pub enum ",
    "pub trait ",
    "pub mod ",
];

/// A public item, and the words by which the search finds it, in small letters and without `_`, as the search compares them.
struct Item {
    /// `Context::json`, or the name alone of an item outside of an `impl`.
    path: String,
    words: Vec<String>,
}

#[test]
fn the_words_of_users_find_an_item() {
    let items = items();
    let finds = |word: &str| {
        let word = plain(word);
        items
            .iter()
            .any(|item| item.words.iter().any(|name| name.contains(&word)))
    };
    let missing: Vec<_> = WORDS.iter().filter(|word| !finds(word)).collect();
    assert!(missing.is_empty(), "no name and no alias has {missing:?}");
}

#[test]
fn the_names_of_gin_find_an_item() {
    let items = items();
    let finds = |path: &str, name: &str| {
        let named = items.iter().filter(|item| item.path == path);
        named
            .flat_map(|item| &item.words)
            .any(|word| *word == plain(name))
    };
    let names = gin::FOUND
        .iter()
        .flat_map(|(path, names)| gin::names(names).map(move |name| (*path, name)));
    let missing: Vec<_> = names.filter(|(path, name)| !finds(path, name)).collect();
    assert!(
        missing.is_empty(),
        "these items lack the alias: {missing:?}"
    );
}

#[test]
fn each_name_of_gin_has_one_answer() {
    for (names, reason) in gin::DIFFERENT {
        assert!(reason.contains(' '), "{names}: {reason}");
    }
    let mut seen = HashSet::new();
    let names = gin::lists().flat_map(gin::names);
    let twice: Vec<_> = names.filter(|name| !seen.insert(*name)).collect();
    assert!(twice.is_empty(), "listed twice: {twice:?}");
}

#[test]
fn the_methods_of_gins_context_are_ours_or_name_ours() {
    let items = items();
    let files = files::in_directory("gin-core/src/request");
    let file = files.iter().find(|file| file.path.ends_with("words.rs"));
    let text = &file.expect("the words have a file").text;
    let entries = text
        .split("Word [")
        .skip(1)
        .filter_map(|entry| entry.split_once("] &Self"));
    let words: HashSet<&str> = entries
        .flat_map(|(words, _)| words.split_whitespace())
        .collect();
    let is_known = |name: &str| {
        let path = format!("Context::{name}");
        words.contains(name)
            || items.iter().any(|item| item.path == path)
            || gin::ORDINARY
                .split_whitespace()
                .any(|ordinary| ordinary == name)
    };
    let unknown: Vec<_> = gin::CONTEXT
        .split_whitespace()
        .filter(|name| !is_known(name))
        .collect();
    assert!(
        unknown.is_empty(),
        "the compiler says nothing of {unknown:?}"
    );
}

#[test]
fn the_alias_of_a_type_stands_where_it_is_exported() {
    let files = files::in_directory("gin-core/src");
    let lost = files
        .iter()
        .filter(|file| file.extension() == "rs")
        .flat_map(|file| {
            let read = read(&file.text);
            read.lost
                .into_iter()
                .map(|name| format!("{}: {name}", file.path.display()))
        });
    let lost: Vec<_> = lost.collect();
    assert!(lost.is_empty(), "rustdoc loses these aliases: {lost:?}");
}

/// The public items of gin-core.
fn items() -> Vec<Item> {
    let files = files::in_directory("gin-core/src");
    let sources = files.iter().filter(|file| file.extension() == "rs");
    sources.flat_map(|file| read(&file.text).items).collect()
}

/// The items that a file declares and exports.
#[derive(Default)]
struct Declared {
    items: Vec<Item>,
    /// Types and functions whose aliases rustdoc loses: those that another module exports. It keeps the aliases of the export.
    lost: Vec<String>,
}

fn read(text: &str) -> Declared {
    let mut declared = Declared::default();
    let (mut owner, mut aliases, mut is_in_aliases) = ("", Vec::new(), false);
    for line in text.lines() {
        let (code, is_outer) = (line.trim(), !line.starts_with(' '));
        is_in_aliases |= code.starts_with("#[doc(alias");
        if is_in_aliases {
            aliases.extend(code.split('"').skip(1).step_by(2).map(plain));
            is_in_aliases = !code.ends_with(")]") && !code.ends_with("\"]");
        } else if let Some(rest) = line.strip_prefix("impl") {
            owner = type_of(rest);
        } else if line == "}" {
            owner = "";
        } else if let Some(export) = code
            .strip_prefix("pub use ")
            .filter(|_| !aliases.is_empty())
        {
            let name = export.trim_end_matches(';').rsplit("::").next();
            declared
                .items
                .push(item("", name.unwrap_or_default(), mem::take(&mut aliases)));
        } else if let Some(rest) = ITEMS.iter().find_map(|item| code.strip_prefix(item)) {
            let name = word(rest);
            if is_outer && !aliases.is_empty() {
                declared.lost.push(name.to_owned());
            }
            let owner = if is_outer { "" } else { owner };
            declared
                .items
                .push(item(owner, name, mem::take(&mut aliases)));
        }
    }
    declared
}

fn item(owner: &str, name: &str, mut words: Vec<String>) -> Item {
    words.push(plain(name));
    let path = if owner.is_empty() {
        name.to_owned()
    } else {
        format!("{owner}::{name}")
    };
    Item { path, words }
}

/// The type of an `impl`, without its parameters: that of `<T: Trait> Json<T> {` is `Json`.
fn type_of(rest: &str) -> &str {
    let parameters = rest
        .starts_with('<')
        .then(|| rest.split_once("> "))
        .flatten();
    word(parameters.map_or(rest, |(_, rest)| rest).trim_start())
}

fn word(text: &str) -> &str {
    let end = text.find(|character: char| !character.is_alphanumeric() && character != '_');
    &text[..end.unwrap_or(text.len())]
}

fn plain(name: &str) -> String {
    name.to_lowercase().replace('_', "")
}

#[test]
fn aliases_are_those_of_methods_and_exports() {
    let text = "#[doc(alias(\"Two\", \"three\"))]\npub struct One;\n\
        impl<T> One<T> {\n    #[doc(alias(\n        \"Fi_ve\"\n    ))]\n    pub fn four() {}\n}\n\
        #[doc(alias = \"Six\")]\npub use one::One;";
    let declared = read(text);
    let items = declared.items.iter();
    let items: Vec<_> = items
        .map(|item| (item.path.as_str(), item.words.join(" ")))
        .collect();
    assert_eq!(items[1], ("One::four", "five four".to_owned()));
    assert_eq!(items[2], ("One", "six one".to_owned()));
    assert_eq!(declared.lost, ["One"]);
}
