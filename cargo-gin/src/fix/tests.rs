//! The fixer on real files: faults, bad input, and the outcome of each.

use std::fs;

use serde_json::json;
use tokio::sync::{mpsc, oneshot};

use crate::fix::fixture::{Fixture, MADE, MAIN, TEXT, but, part, suggesting};
use crate::fix::{Choice, Confidence, Order, Refused, Task, offers, sure_offers};

const FIRST: Choice = Choice::One {
    diagnostic: 0,
    child: 0,
    alternative: 0,
};

fn changed(file: &str) -> Refused {
    Refused::Changed {
        file: file.to_owned(),
        build: 7,
    }
}

#[test]
fn a_suggestion_is_applied_once_and_undone_once() {
    let mut fixture = Fixture::unused_mut();
    assert_eq!(fixture.fix(FIRST).unwrap(), [MAIN]);
    assert_eq!(fixture.text(MAIN), MADE);
    assert_eq!(fixture.fix(FIRST), Err(changed(MAIN)));
    assert_eq!(fixture.text(MAIN), MADE);
    assert_eq!(fixture.undo().unwrap(), [MAIN]);
    assert_eq!(fixture.text(MAIN), TEXT);
    assert_eq!(fixture.undo(), Err(Refused::Nothing));
    let names = fs::read_dir(fixture.path("src")).unwrap();
    assert_eq!(names.count(), 1, "nothing is left beside the file");
}

#[tokio::test]
async fn of_two_simultaneous_orders_one_is_carried_out() {
    let Fixture {
        directory: _directory,
        fixer,
        status: _status,
    } = Fixture::unused_mut();
    let (orders, inbox) = mpsc::channel(2);
    let mut results = Vec::new();
    for _ in 0..2 {
        let (done, result) = oneshot::channel();
        let task = Task::Fix {
            build: 7,
            choice: FIRST,
        };
        orders.send(Order { task, done }).await.unwrap();
        results.push(result);
    }
    drop(orders);
    fixer.run(inbox).await;
    let mut made = 0;
    for result in results {
        made += usize::from(result.await.unwrap().is_ok());
    }
    assert_eq!(made, 1);
}

#[test]
fn a_file_that_has_changed_is_left_alone() {
    let mut fixture = Fixture::unused_mut();
    fs::write(fixture.path(MAIN), "fn main() { mine }\n").unwrap();
    assert_eq!(fixture.fix(FIRST), Err(changed(MAIN)));
    fs::write(fixture.path(MAIN), TEXT).unwrap();
    fixture.fix(FIRST).unwrap();
    fs::write(fixture.path(MAIN), "mine").unwrap();
    let moved = Refused::Moved {
        file: MAIN.to_owned(),
    };
    assert_eq!(fixture.undo(), Err(moved));
    assert_eq!(fixture.text(MAIN), "mine");
    assert_eq!(fixture.undo(), Err(Refused::Nothing), "it is not offered");
}

#[test]
fn edits_are_undone_in_a_file_that_has_changed_elsewhere() {
    let mut fixture = Fixture::unused_mut();
    fixture.fix(FIRST).unwrap();
    let saved = format!("// Mine.\n{MADE}// And this.\n");
    fs::write(fixture.path(MAIN), saved).unwrap();
    fixture.undo().unwrap();
    let expected = format!("// Mine.\n{TEXT}// And this.\n");
    assert_eq!(fixture.text(MAIN), expected);
}

#[test]
fn a_step_that_cannot_be_undone_is_dropped_and_the_one_before_it_is_undone() {
    let other = "pub fn g() {}\n";
    let reported = [
        suggesting(&[&[part("src/lib.rs", other, "pub ", "")]]),
        suggesting(&[&[part(MAIN, TEXT, "mut ", "")]]),
    ];
    let files = [(MAIN, TEXT), ("src/lib.rs", other)];
    let mut fixture = Fixture::new(&files, reported);
    let undoable = fixture.fixer.undoable();
    fixture.fix(FIRST).unwrap();
    let second = Choice::One {
        diagnostic: 1,
        child: 0,
        alternative: 0,
    };
    fixture.fix(second).unwrap();
    fs::remove_file(fixture.path(MAIN)).unwrap();
    assert!(matches!(fixture.undo(), Err(Refused::Moved { .. })));
    assert_eq!(*undoable.borrow(), 1);
    assert_eq!(fixture.undo().unwrap(), ["src/lib.rs"]);
    assert_eq!(fixture.text("src/lib.rs"), other);
}

#[test]
fn only_suggestions_of_this_build_are_applied() {
    let mut fixture = Fixture::unused_mut();
    let outdated = Refused::Outdated { build: 6 };
    assert_eq!(fixture.fixer.fix(6, Choice::All), Err(outdated));
    for (diagnostic, child, alternative) in [(0, 1, 0), (1, 0, 0), (0, 0, 1), (0, 0, usize::MAX)] {
        let choice = Choice::One {
            diagnostic,
            child,
            alternative,
        };
        assert_eq!(fixture.fix(choice), Err(Refused::Unknown));
    }
    assert_eq!(fixture.text(MAIN), TEXT);
}

#[test]
fn edits_are_byte_exact_in_every_encoding_of_a_text() {
    for (text, old, new, expected) in [
        (
            "fn f() {\r\n    let é = \"🦀\"; let mut x = 1;\r\n}\r\n",
            "mut ",
            "",
            "fn f() {\r\n    let é = \"🦀\"; let x = 1;\r\n}\r\n",
        ),
        ("\u{feff}fn é() {}\n", "é", "e", "\u{feff}fn e() {}\n"),
        (
            "\u{feff}fn f() {}\r\n",
            "fn",
            "use a;\n\nfn",
            "\u{feff}use a;\r\n\r\nfn f() {}\r\n",
        ),
        ("fn f() { 'é' }", "'é'", "\"🦀\"", "fn f() { \"🦀\" }"),
        ("fn f() {\n1\n}", "{\n1\n}", "{}", "fn f() {}"),
    ] {
        let reported = suggesting(&[&[part(MAIN, text, old, new)]]);
        let mut fixture = Fixture::new(&[(MAIN, text)], [reported]);
        fixture.fix(FIRST).unwrap();
        assert_eq!(fixture.text(MAIN), expected);
        fixture.undo().unwrap();
        assert_eq!(fixture.text(MAIN), text);
    }
}

#[test]
fn the_parts_of_a_suggestion_are_one_step() {
    let other = "pub fn g() {}\n";
    let parts = [
        part(MAIN, TEXT, "fn", "async fn"),
        part(MAIN, TEXT, "1", "2"),
        part(MAIN, TEXT, "1", "2"),
        part("src/lib.rs", other, "pub ", ""),
    ];
    let files = [(MAIN, TEXT), ("src/lib.rs", other)];
    let mut fixture = Fixture::new(&files, [suggesting(&[&parts])]);
    assert_eq!(fixture.fix(FIRST).unwrap(), ["src/lib.rs", MAIN]);
    assert_eq!(fixture.text(MAIN), "async fn main() { let mut x = 2; }\n");
    assert_eq!(fixture.text("src/lib.rs"), "fn g() {}\n");
    assert_eq!(fixture.undo().unwrap(), ["src/lib.rs", MAIN]);
    assert_eq!(
        (fixture.text(MAIN), fixture.text("src/lib.rs")),
        (TEXT.to_owned(), other.to_owned())
    );
}

#[test]
fn nothing_is_written_if_one_of_several_files_is_refused() {
    let other = "pub fn g() {}\n";
    let parts = [
        part(MAIN, TEXT, "mut ", ""),
        part("src/lib.rs", other, "pub ", ""),
    ];
    for spoilt in [MAIN, "src/lib.rs"] {
        let files = [(MAIN, TEXT), ("src/lib.rs", other)];
        let mut fixture = Fixture::new(&files, [suggesting(&[&parts])]);
        fs::write(fixture.path(spoilt), "mine").unwrap();
        assert_eq!(fixture.fix(FIRST), Err(changed(spoilt)));
        let untouched = if spoilt == MAIN { "src/lib.rs" } else { MAIN };
        let expected = if spoilt == MAIN { other } else { TEXT };
        assert_eq!(fixture.text(untouched), expected);
    }
}

#[test]
fn a_refusal_has_the_reason() {
    let mut_ = || part(MAIN, TEXT, "mut ", "");
    let far = but(but(mut_(), "byte_start", 900), "byte_end", 901);
    let call = json!({ "span": mut_(), "macro_decl_name": "m!" });
    for (parts, reason) in [
        (vec![], Refused::Unknown),
        (
            vec![but(
                part(MAIN, TEXT, "1", "/* size */"),
                "suggestion_applicability",
                "HasPlaceholders",
            )],
            Refused::Incomplete,
        ),
        (vec![but(mut_(), "expansion", call)], Refused::Macro),
        (vec![far], changed(MAIN)),
        (vec![but(mut_(), "byte_start", 15)], changed(MAIN)),
        (vec![but(mut_(), "line_start", 0)], changed(MAIN)),
        (vec![but(mut_(), "line_end", 99)], changed(MAIN)),
        (
            vec![but(mut_(), "file_name", "/etc/hostname")],
            Refused::NotAtHand {
                file: "/etc/hostname".to_owned(),
            },
        ),
        (
            vec![but(mut_(), "file_name", "target/made.rs")],
            Refused::NotOurs {
                file: "target/made.rs".to_owned(),
            },
        ),
    ] {
        let files = [(MAIN, TEXT), ("target/made.rs", TEXT)];
        let mut fixture = Fixture::new(&files, [suggesting(&[&parts])]);
        assert_eq!(fixture.fix(FIRST), Err(reason), "{parts:?}");
        assert_eq!(
            (fixture.text(MAIN), fixture.text("target/made.rs")),
            (TEXT.to_owned(), TEXT.to_owned())
        );
        let remarks = fixture.remarks();
        assert!(
            offers(0, remarks.iter().next().unwrap(), remarks.sources()).is_empty(),
            "no page offers it"
        );
    }
}

#[test]
fn a_text_that_differs_from_rustc_s_quote_is_not_edited() {
    let part = part(MAIN, TEXT, "mut ", "");
    let saved_again = TEXT.replace('x', "y");
    let mut fixture = Fixture::new(&[(MAIN, &saved_again)], [suggesting(&[&[part]])]);
    assert_eq!(fixture.fix(FIRST), Err(changed(MAIN)));
    assert_eq!(fixture.text(MAIN), saved_again);
}

#[test]
fn a_file_that_is_not_text_is_not_edited() {
    let directory = tempfile::tempdir().unwrap();
    let bytes = b"fn main() { let mut x = \"\xff\"; }\n";
    fs::create_dir(directory.path().join("src")).unwrap();
    fs::write(directory.path().join(MAIN), bytes).unwrap();
    let mut fixture = Fixture::within(directory, [suggesting(&[&[part(MAIN, TEXT, "mut ", "")]])]);
    let file = MAIN.to_owned();
    assert_eq!(fixture.fix(FIRST), Err(Refused::NotAtHand { file }));
    assert_eq!(fs::read(fixture.path(MAIN)).unwrap(), bytes);
}

#[test]
fn all_applies_as_many_sure_suggestions_as_fit_together() {
    let text = "fn main() { let mut a = 1; let mut b = 2; }\n";
    let at = |old, new| part(MAIN, text, old, new);
    let unsure = but(at("2", "3"), "suggestion_applicability", "MaybeIncorrect");
    let reported = [
        suggesting(&[&[at("mut a = 1; let mut b", "c")]]),
        suggesting(&[&[at("mut a", "a")]]),
        suggesting(&[&[at("mut a", "a")]]),
        suggesting(&[&[unsure]]),
        suggesting(&[&[at("main", "x")], &[at("main", "y")]]),
        suggesting(&[&[at("mut b", "b")]]),
        suggesting(&[&[but(
            at("fn", ""),
            "suggestion_applicability",
            "HasPlaceholders",
        )]]),
    ];
    let mut fixture = Fixture::new(&[(MAIN, text)], reported);
    assert_eq!(sure_offers(&fixture.remarks()), 2);
    assert_eq!(fixture.fix(Choice::All).unwrap(), [MAIN]);
    assert_eq!(fixture.text(MAIN), "fn main() { let a = 1; let b = 2; }\n");
    fixture.undo().unwrap();
    assert_eq!(fixture.text(MAIN), text);
}

#[test]
fn alternatives_of_one_suggestion_are_edits_of_their_own() {
    let text = "fn main() { Ordering::Less; }\n";
    let import = |path: &str| part(MAIN, text, "", &format!("use {path}::Ordering;\n"));
    let both = [import("std::cmp"), import("std::sync::atomic")];
    let mut fixture = Fixture::new(&[(MAIN, text)], [suggesting(&[&both])]);
    assert_eq!(sure_offers(&fixture.remarks()), 0, "rustc is sure of none");
    assert_eq!(fixture.fix(Choice::All), Err(Refused::Unknown));
    for (alternative, path) in ["std::cmp", "std::sync::atomic"].iter().enumerate() {
        let choice = Choice::One {
            diagnostic: 0,
            child: 0,
            alternative,
        };
        fixture.fix(choice).unwrap();
        assert_eq!(fixture.text(MAIN), format!("use {path}::Ordering;\n{text}"));
        fixture.undo().unwrap();
    }
}

#[test]
fn a_page_offers_suggestions_that_can_be_applied() {
    let unsure = but(
        part(MAIN, TEXT, "1", "2"),
        "suggestion_applicability",
        "MaybeIncorrect",
    );
    let open = but(
        part(MAIN, TEXT, "x", "_"),
        "suggestion_applicability",
        "HasPlaceholders",
    );
    let reported = suggesting(&[&[part(MAIN, TEXT, "mut ", "")], &[open], &[], &[unsure]]);
    let fixture = Fixture::new(&[(MAIN, TEXT)], [reported]);
    let remarks = fixture.remarks();
    let offers = offers(0, remarks.iter().next().unwrap(), remarks.sources());
    let offers: Vec<_> = offers
        .iter()
        .map(|offer| (offer.choice.to_string(), offer.confidence))
        .collect();
    assert_eq!(
        offers,
        [
            ("0.0.0".to_owned(), Confidence::Sure),
            ("0.3.0".to_owned(), Confidence::Unsure)
        ]
    );
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn the_mode_is_kept() {
        let mut fixture = Fixture::unused_mut();
        let path = fixture.path(MAIN);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let inode = fs::metadata(&path).unwrap().ino();
        fixture.fix(FIRST).unwrap();
        let metadata = fs::metadata(&path).unwrap();
        assert_eq!(metadata.mode() & 0o7777, 0o640);
        assert_ne!(metadata.ino(), inode, "the file was replaced at once");
    }

    #[test]
    fn a_link_stays_a_link() {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("src")).unwrap();
        fs::write(directory.path().join("real.rs"), TEXT).unwrap();
        symlink("../real.rs", directory.path().join(MAIN)).unwrap();
        let mut fixture =
            Fixture::within(directory, [suggesting(&[&[part(MAIN, TEXT, "mut ", "")]])]);
        fixture.fix(FIRST).unwrap();
        assert_eq!(fixture.text("real.rs"), MADE);
        assert!(fixture.path(MAIN).is_symlink());
    }

    #[test]
    fn a_link_out_of_the_workspace_is_not_followed() {
        let outside = tempfile::NamedTempFile::new().unwrap();
        fs::write(outside.path(), TEXT).unwrap();
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("src")).unwrap();
        symlink(outside.path(), directory.path().join(MAIN)).unwrap();
        let mut fixture =
            Fixture::within(directory, [suggesting(&[&[part(MAIN, TEXT, "mut ", "")]])]);
        let file = MAIN.to_owned();
        assert_eq!(fixture.fix(FIRST), Err(Refused::NotAtHand { file }));
        assert_eq!(fs::read_to_string(outside.path()).unwrap(), TEXT);
    }

    #[test]
    fn a_directory_that_has_become_a_link_is_not_followed() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("main.rs"), TEXT).unwrap();
        let mut fixture = Fixture::unused_mut();
        fs::remove_dir_all(fixture.path("src")).unwrap();
        symlink(outside.path(), fixture.path("src")).unwrap();
        assert!(matches!(
            fixture.fix(FIRST),
            Err(Refused::Unwritable { .. })
        ));
        let text = fs::read_to_string(outside.path().join("main.rs")).unwrap();
        assert_eq!(text, TEXT);
    }

    #[test]
    fn a_file_with_two_names_stays_one_file() {
        let mut fixture = Fixture::unused_mut();
        fs::hard_link(fixture.path(MAIN), fixture.path("second.rs")).unwrap();
        fixture.fix(FIRST).unwrap();
        assert_eq!(
            (fixture.text(MAIN), fixture.text("second.rs")),
            (MADE.to_owned(), MADE.to_owned())
        );
        fixture.undo().unwrap();
        assert_eq!(fixture.text("second.rs"), TEXT);
        let names = fs::read_dir(fixture.path("src")).unwrap();
        assert_eq!(names.count(), 1, "nothing is left beside the file");
    }

    #[test]
    fn a_read_only_file_is_refused() {
        let mut fixture = Fixture::unused_mut();
        let path = fixture.path(MAIN);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
        let refused = fixture.fix(FIRST).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "src/main.rs cannot be written: permission denied."
        );
        assert_eq!(fixture.text(MAIN), TEXT);
    }
}
