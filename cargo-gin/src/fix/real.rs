//! Suggestions of the installed rustc, applied one alternative after the other.

use std::fs;
use std::process::Command;

use crate::diagnostics::{Diagnostic, Origin};
use crate::fix::fixture::{Fixture, MAIN};
use crate::fix::{Choice, offers, sure_offers};

/// An enum that two modules of the standard library have.
const ORDERING: &str = "fn main() {\n    let _ = 3.cmp(&4) == Ordering::Less;\n}\n";

/// A function that two traits of one type have.
const TRAITS: &str = "struct Test;
trait Trait1 { fn foo(); }
trait Trait2 { fn foo(); }
impl Trait1 for Test { fn foo() {} }
impl Trait2 for Test { fn foo() {} }
fn main() { Test::foo() }
";

/// A type that several modules have, in a module that begins with an import.
const IMPORTS: &str = "mod inner {\n    use std::fmt::Debug;\n    pub fn f(_: &dyn Debug) -> Option<Error> { None }\n}\nfn main() { inner::f(&1); }\n";

/// Returns rustc's errors for a program.
fn errors(main: &str) -> Vec<Diagnostic> {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("src")).unwrap();
    fs::write(directory.path().join(MAIN), main).unwrap();
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .args(["--edition=2024", "--error-format=json", "-Awarnings"])
        .args(["--emit=metadata", "-o", "blog.rmeta", MAIN])
        .current_dir(directory.path())
        .output()
        .unwrap();
    let lines = String::from_utf8(output.stderr).unwrap();
    let messages = lines.lines().filter_map(|line| {
        let message = serde_json::from_str(line).ok()?;
        Some(Diagnostic::new(Origin::Rustc, "blog", message))
    });
    let coded = messages.filter(|diagnostic| diagnostic.message.code.is_some());
    coded.collect()
}

/// Applies each offered alternative to the program. Returns the texts that come out.
fn alternatives(main: &str) -> Vec<String> {
    let mut fixture = Fixture::new(&[(MAIN, main)], errors(main));
    let remarks = fixture.remarks();
    let first = remarks.iter().next().expect("the program has an error");
    assert_eq!(sure_offers(&remarks), 0, "the user chooses");
    assert!(fixture.fix(Choice::All).is_err(), "the user chooses");
    let offers = offers(0, first, remarks.sources());
    let made = offers.iter().map(|offer| {
        fixture.fix(offer.choice).unwrap();
        let text = fixture.text(MAIN);
        fixture.undo().unwrap();
        text
    });
    made.collect()
}

#[test]
fn each_import_of_an_ambiguous_name_is_an_edit_of_its_own() {
    let made = alternatives(ORDERING);
    let imports = ["std::cmp", "std::sync::atomic"];
    let expected = imports.map(|path| format!("use {path}::Ordering;\n\n{ORDERING}"));
    assert_eq!(made, expected);
    assert_eq!(errors(&made[0]).len(), 0, "it compiles");
}

#[test]
fn each_import_into_a_module_is_an_edit_of_its_own() {
    let made = alternatives(IMPORTS);
    assert!(made.len() > 1, "{made:?}");
    for text in &made {
        assert_eq!(text.matches("Error;").count(), 1, "{text}");
    }
}

#[test]
fn each_trait_of_an_ambiguous_call_is_an_edit_of_its_own() {
    let made = alternatives(TRAITS);
    assert_eq!(made.len(), 2, "{made:?}");
    for (text, name) in made.iter().zip(["Trait1", "Trait2"]) {
        assert!(text.contains(&format!("<Test as {name}>::foo()")), "{text}");
        assert_eq!(errors(text).len(), 0, "it compiles");
    }
}

#[test]
fn the_last_line_of_a_file_is_removed_with_its_line_break() {
    const REST: &str = "#![deny(unused_imports)]\nfn main() {}\n";
    for line_break in ["\n", "\r\n"] {
        let rest = REST.replace('\n', line_break);
        let main = format!("{rest}use std::mem::swap;{line_break}");
        let mut fixture = Fixture::new(&[(MAIN, &main)], errors(&main));
        assert_eq!(sure_offers(&fixture.remarks()), 1, "{line_break:?}");
        fixture.fix(Choice::All).unwrap();
        assert_eq!(fixture.text(MAIN), rest);
        fixture.undo().unwrap();
        assert_eq!(fixture.text(MAIN), main);
    }
}
