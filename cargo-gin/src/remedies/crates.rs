//! Crates that the code names and the manifest does not have.

use crate::diagnostics::{Diagnostic, Message, Origin};
use crate::remedies::remedy::{Action, Remedy, Then};
use crate::state::Status;

/// Returns a remedy for each crate that rustc proposes to add.
pub(super) fn missing(status: &Status) -> Vec<Remedy> {
    let mut remedies: Vec<Remedy> = Vec::new();
    for diagnostic in status.diagnostics.iter() {
        for name in proposed(diagnostic) {
            let remedy = add(name, &diagnostic.package, status);
            if !remedies.contains(&remedy) {
                remedies.push(remedy);
            }
        }
    }
    remedies
}

/// Returns the crates that a diagnostic of rustc proposes.
fn proposed(diagnostic: &Diagnostic) -> impl Iterator<Item = &str> {
    let children = diagnostic.message.children.iter();
    let children = children.filter(|_| diagnostic.origin == Origin::Rustc);
    children.filter_map(in_message)
}

fn in_message(message: &Message) -> Option<&str> {
    let (_, rest) = message.message.split_once("`cargo add ")?;
    let (name, _) = rest.split_once('`')?;
    is_crate(name).then_some(name)
}

/// Returns `true` for a name that a crate can have, which is also not an option.
fn is_crate(name: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_word)
}

fn add(name: &str, package: &str, status: &Status) -> Remedy {
    let mut argv = vec!["cargo".to_owned(), "add".to_owned(), name.to_owned()];
    if !package.is_empty() {
        argv.extend(["--package".to_owned(), package.to_owned()]);
    }
    Remedy {
        label: format!("Add the crate {name}"),
        action: Action::Run {
            argv,
            directory: status.target.root.clone(),
            then: Then::Nothing,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_crates_are_added() {
        for (name, expected) in [
            ("serde", true),
            ("tower-http", true),
            ("serde_json", true),
            ("--git", false),
            ("-p", false),
            ("a b", false),
            ("https://x.test", false),
            ("", false),
        ] {
            assert_eq!(is_crate(name), expected, "{name}");
        }
    }
}
