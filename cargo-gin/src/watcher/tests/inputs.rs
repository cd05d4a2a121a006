//! Differences of the inputs from their baseline.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use crate::inputs::Inputs;
use crate::state::{Certainty, Effect};
use crate::watcher::baseline::Difference;
use crate::watcher::tests::{Files, old, pass};
use crate::watcher::touch::Hidden;

fn declared(root: &Path, inputs: &mut Inputs) {
    inputs.add(root.join("proto"), Effect::Rebuild);
}

fn package(root: &Path, inputs: &mut Inputs) {
    inputs.add_package(root.join("app"));
}

#[test]
fn members_of_a_declared_directory_are_inputs_whatever_their_names() {
    let mut files = Files::new(&[("proto/a", "one"), ("proto/in/b", "two")]);
    files.adopt(declared);
    assert_eq!(files.differences(), [""; 0]);
    files.write("proto/in/.hidden", "");
    assert_eq!(files.differences(), ["proto/in", "proto/in/.hidden"]);
    files.write("proto/in/.hidden", "three");
    assert_eq!(files.differences(), ["proto/in/.hidden"]);
    fs::remove_dir_all(files.path("proto/in")).unwrap();
    let gone = ["proto", "proto/in", "proto/in/.hidden", "proto/in/b"];
    assert_eq!(files.differences(), gone);
    assert_eq!(files.differences(), [""; 0]);
    files.write("proto/in/b", "two");
    assert_eq!(files.differences(), ["proto", "proto/in", "proto/in/b"]);
}

#[test]
fn a_declared_path_may_become_a_directory_and_be_gone_again() {
    let mut files = Files::new(&[]);
    files.adopt(declared);
    files.write("proto/in/a", "one");
    let all = ["proto", "proto/in", "proto/in/a"];
    assert_eq!(files.differences(), all);
    files.rename("proto", "away");
    assert_eq!(files.differences(), all);
    assert_eq!(files.differences(), [""; 0]);
    files.rename("away", "proto");
    assert_eq!(files.differences(), all);
    files.write("proto/in/a", "two");
    assert_eq!(files.differences(), ["proto/in/a"]);
}

#[test]
fn members_behind_a_link_are_inputs() {
    let mut files = Files::new(&[("out/v1/a", "one"), ("out/v2/a", "two"), ("proto/b", "")]);
    files.link("../out/v1", "proto/now");
    files.adopt(declared);
    files.write("out/v1/a", "three");
    assert_eq!(files.differences(), ["proto/now/a"]);
    files.link("../out/v2", "proto/now");
    assert!(files.differences().contains(&"proto/now/a".to_owned()));
    files.write("out/v2/c", "");
    assert!(files.differences().contains(&"proto/now/c".to_owned()));
}

#[test]
fn a_link_to_a_directory_above_is_not_followed() {
    let files = Files::new(&[("proto/a", "one")]);
    for (target, name) in [
        ("/", "root"),
        ("..", "above"),
        (".", "self"),
        ("/proc", "proc"),
    ] {
        files.link(target, &format!("proto/{name}"));
    }
    let mut files = files;
    files.adopt(declared);
    let members: Vec<_> = files
        .baseline
        .directories()
        .flat_map(|(_, directory)| directory.members())
        .map(|path| files.name(path))
        .collect();
    assert_eq!(members, ["proto/a"]);
}

#[test]
fn an_input_by_two_names_differs_once_and_its_greater_effect_wins() {
    let mut files = Files::new(&[("proto/a", "one"), ("app/.env", "A=1")]);
    files.adopt(|root, inputs| {
        declared(root, inputs);
        package(root, inputs);
        inputs.add(root.join("app/.env"), Effect::Restart);
        inputs.add(root.join("proto/a"), Effect::Resolve);
    });
    files.write("proto/a", "two");
    files.write("app/.env", "A=2");
    let differences = files.verify();
    assert_eq!(files.names(&differences), ["app/.env", "proto/a"]);
    for Difference { path, work, .. } in differences {
        let expected = if path.ends_with(".env") {
            Effect::Rebuild
        } else {
            Effect::Resolve
        };
        assert_eq!(
            (work.effect, work.certainty),
            (expected, Certainty::Certain)
        );
    }
}

#[test]
fn a_change_between_the_verification_and_the_next_scope_is_found() {
    let mut files = Files::new(&[("proto/a", "one")]);
    let both = |root: &Path, inputs: &mut Inputs| {
        declared(root, inputs);
        inputs.add(root.join("proto/a"), Effect::Rebuild);
    };
    files.adopt(both);
    files.write("proto/a", "two");
    assert_eq!(files.adopt(both), [""; 0]);
    assert_eq!(files.differences(), ["proto/a"]);
}

#[test]
fn files_of_a_package_are_inputs_unless_git_ignores_them() {
    let mut files = Files::new(&[
        ("app/.gitignore", "*.log\n!kept.log\n"),
        ("app/a.txt", "one"),
        ("app/b.log", "one"),
        ("app/kept.log", "one"),
        ("app/forced.log", "one"),
        ("app/other/Cargo.toml", ""),
        ("app/other/c", ""),
    ]);
    let git = |arguments: &[&str]| {
        let git = Command::new("git")
            .args(arguments)
            .current_dir(files.path("app"))
            .output();
        assert!(git.unwrap().status.success());
    };
    git(&["init", "--quiet"]);
    git(&["add", "--force", "forced.log"]);
    files.adopt(package);
    for name in [
        "app/a.txt",
        "app/b.log",
        "app/kept.log",
        "app/forced.log",
        "app/other/c",
    ] {
        files.write(name, "two");
    }
    assert_eq!(
        files.differences(),
        ["app/a.txt", "app/forced.log", "app/kept.log"]
    );
    files.write("app/.gitignore", "");
    assert_eq!(files.differences(), ["app/.gitignore", "app/b.log"]);
    files.write("app/b.log", "three");
    assert_eq!(files.differences(), ["app/b.log"]);
    files.write("app/.git/info/exclude", "*.log\n");
    files.write("app/new.log", "");
    assert_eq!(files.differences(), [""; 0], "the repository excludes it");
    files.remove("app/other/Cargo.toml");
    assert_eq!(files.differences(), ["app/other/c"]);
}

#[test]
fn a_file_that_is_back_with_its_old_content_is_not_hidden() {
    let mut files = Files::new(&[("a", "one"), ("b", "two")]);
    files.adopt(|root, inputs| inputs.add(root.join("a"), Effect::Rebuild));
    files.rename("a", "away");
    assert_eq!(files.differences(), ["a"]);
    files.rename("away", "a");
    let [back] = &files.verify()[..] else {
        panic!()
    };
    assert_eq!(back.hidden, None);
    files.rename("b", "a");
    let [other] = &files.verify()[..] else {
        panic!()
    };
    assert_eq!(other.hidden, Some(Hidden::Old(files.path("a"))));
}

#[test]
fn the_path_to_touch_is_the_one_that_cargo_compares() {
    let mut files = Files::new(&[("proto/in/a", "one"), ("app/b", "one"), ("manifest", "")]);
    for directory in ["proto", "app"] {
        files.set_times(directory, old());
    }
    files.adopt(|root, inputs| {
        declared(root, inputs);
        package(root, inputs);
        inputs.add(root.join("manifest"), Effect::Resolve);
    });
    for name in ["proto/in/a", "app/b", "manifest"] {
        files.write(name, "two");
        files.set_time(name, old());
    }
    let mut hidden: Vec<_> = files
        .verify()
        .into_iter()
        .map(|difference| difference.hidden)
        .collect();
    hidden.sort();
    assert_eq!(
        hidden,
        [
            None,
            Some(Hidden::Old(files.path("app/b"))),
            Some(Hidden::Old(files.path("proto")))
        ]
    );
    // Its directory has a new time, which cargo sees.
    files.remove("proto/in/a");
    assert!(
        files
            .verify()
            .iter()
            .all(|difference| difference.hidden.is_none())
    );
}

#[test]
fn files_in_a_directory_that_has_taken_the_place_of_a_file_behind_a_link_count() {
    let mut files = Files::new(&[("lib", "one"), ("v1/a", "one"), ("proto/b", "one")]);
    files.link("../lib", "proto/now");
    // Only stamps of what is older are proof.
    pass(Duration::from_millis(20));
    files.adopt(declared);
    files.remove("lib");
    files.link("v1", "lib");
    assert_eq!(files.differences(), ["proto/now", "proto/now/a"]);
    files.write("v1/c", "one");
    assert_eq!(files.differences(), ["proto/now", "proto/now/c"]);
}

#[test]
fn the_time_of_a_link_to_a_declared_directory_counts() {
    let mut files = Files::new(&[("v1/a", "one"), ("v1/b", "two"), ("v2/a", "one")]);
    for directory in ["v1", "v2"] {
        files.set_times(directory, old());
    }
    files.link("v1", "proto");
    files.adopt(declared);
    files.link("v2", "proto");
    let differences = files.verify();
    let changed = differences.iter().map(|difference| &difference.path);
    assert_eq!(
        changed.collect::<Vec<_>>(),
        [&files.path("proto"), &files.path("proto/b")]
    );
    assert!(
        differences
            .iter()
            .all(|difference| difference.hidden.is_none())
    );
}

#[test]
fn only_new_inputs_are_suspected_of_a_change_during_the_build() {
    let mut files = Files::new(&[("a", "one"), ("b", "one"), ("proto/c", "one")]);
    files.adopt(|root, inputs| inputs.add(root.join("a"), Effect::Rebuild));
    let began = SystemTime::now();
    for name in ["a", "b", "proto/c"] {
        files.write(name, "two");
    }
    let suspects = files.adopt_since(began, |root, inputs| {
        declared(root, inputs);
        inputs.add(root.join("a"), Effect::Rebuild);
        inputs.add(root.join("b"), Effect::Rebuild);
    });
    assert_eq!(suspects, ["b", "proto", "proto/c"].map(str::to_owned)[..]);
    assert_eq!(files.differences(), ["a"], "its stamp is from before");
    let later = SystemTime::now() + Duration::from_secs(9);
    assert_eq!(files.adopt_since(later, declared), [""; 0]);
}

#[test]
fn a_skipped_input_differs_later() {
    let mut files = Files::new(&[("Cargo.lock", "one"), ("a", "one")]);
    files.adopt(|root, inputs| {
        inputs.add(root.join("Cargo.lock"), Effect::Resolve);
        inputs.add(root.join("a"), Effect::Rebuild);
    });
    files.write("Cargo.lock", "two");
    files.write("a", "two");
    let is_lock = |path: &Path| path.ends_with("Cargo.lock");
    let differences = files.baseline.verify(&files.scope, is_lock);
    assert_eq!(files.names(&differences), ["a"]);
    assert_eq!(files.differences(), ["Cargo.lock"]);
    files.write("Cargo.lock", "three");
    files.baseline.restamp_all(is_lock);
    assert_eq!(files.differences(), [""; 0], "cargo has written it itself");
}

#[test]
fn a_presence_differs_once() {
    let mut files = Files::new(&[]);
    files.adopt(|root, inputs| inputs.add_presence(root.join("build.rs"), Effect::Resolve));
    files.write("build.rs", "one");
    assert_eq!(files.differences(), ["build.rs"]);
    files.write("build.rs", "two");
    assert_eq!(files.differences(), [""; 0]);
}
