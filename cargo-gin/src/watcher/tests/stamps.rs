//! Stamps of single paths.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::watcher::attributes::{Attributes, Look};
use crate::watcher::stamp::{Comparison, Stamp};
use crate::watcher::tests::{Files, old};

/// The stamp of `a` with its content, after which `change` is made, compared with `a` then.
fn compared(files: &[(&str, &str)], change: impl FnOnce(&Files)) -> Comparison {
    let files = Files::new(files);
    let path = files.path("a");
    let mut stamp = Stamp::take(&path);
    stamp.read(&path);
    change(&files);
    let comparison = stamp.compare(&path);
    if !matches!(comparison, Comparison::Same) {
        let attributes = Attributes::of(&path);
        assert!(!stamp.proves(attributes.as_ref()), "{stamp:?}");
    }
    comparison
}

#[track_caller]
fn is_changed(files: &[(&str, &str)], change: impl FnOnce(&Files)) {
    let comparison = compared(files, change);
    assert!(
        matches!(comparison, Comparison::Changed(_)),
        "{comparison:?}"
    );
}

#[track_caller]
fn is_unchanged(files: &[(&str, &str)], change: impl FnOnce(&Files)) {
    let comparison = compared(files, change);
    assert!(
        !matches!(comparison, Comparison::Changed(_)),
        "{comparison:?}"
    );
}

#[test]
fn a_write_in_the_same_tick_of_the_same_length_is_a_change() {
    is_changed(&[], |files| {
        // Nothing lies between the stamp and the write but this.
        files.write("a", "two");
    });
    let files = Files::new(&[]);
    for (before, after) in [("one", "two"), ("two", "six"), ("six", "ten")] {
        files.write("a", before);
        let stamp = Stamp::take(&files.path("a"));
        files.write("a", after);
        files.set_time(
            "a",
            Attributes::of(&files.path("a")).unwrap().modified.unwrap(),
        );
        let comparison = stamp.compare(&files.path("a"));
        assert!(
            matches!(comparison, Comparison::Changed(_)),
            "{before}: {comparison:?}"
        );
    }
}

#[test]
fn the_same_content_with_another_time_is_a_change_as_for_cargo() {
    is_changed(&[("a", "one")], |files| files.write("a", "one"));
    is_changed(&[("a", "one")], |files| {
        files.set_time("a", old() - Duration::from_secs(9));
    });
}

#[test]
fn another_content_with_the_same_time_and_length_is_a_change() {
    is_changed(&[("a", "one")], |files| {
        files.write("a", "two");
        files.set_time("a", old());
    });
    is_changed(&[("a", "one"), ("b", "two")], |files| {
        files.rename("b", "a");
    });
}

#[test]
fn other_attributes_make_no_difference() {
    is_unchanged(&[("a", "one"), ("b", "one")], |files| {
        files.rename("b", "a");
    });
    is_unchanged(&[("a", "one")], |files| {
        fs::set_permissions(files.path("a"), Permissions::from_mode(0o600)).unwrap();
    });
    is_unchanged(&[("a", "one")], |files| {
        fs::hard_link(files.path("a"), files.path("b")).unwrap();
    });
    is_unchanged(&[("a", "one")], |_| {});
}

#[test]
fn a_link_that_leads_elsewhere_is_a_change() {
    let files = [("v1/x", "one"), ("v2/x", "two"), ("v3/x", "one")];
    for (target, is_same) in [("v2", false), ("v3", true)] {
        let files = Files::new(&files);
        files.link("v1", "now");
        let path = files.path("now/x");
        let mut stamp = Stamp::take(&path);
        stamp.read(&path);
        files.link(target, "now");
        let comparison = stamp.compare(&path);
        assert_eq!(
            !matches!(comparison, Comparison::Changed(_)),
            is_same,
            "{target}: {comparison:?}"
        );
    }
}

#[test]
fn a_file_that_comes_or_goes_is_a_change() {
    is_changed(&[("b", "one")], |files| files.rename("b", "a"));
    is_changed(&[("a", "one")], |files| files.remove("a"));
    is_changed(&[("a", "one")], |files| {
        files.remove("a");
        fs::create_dir(files.path("a")).unwrap();
    });
    is_changed(&[("a/b", "one")], |files| {
        fs::remove_dir_all(files.path("a")).unwrap();
        files.write("a", "");
    });
    is_unchanged(&[], |_| {});
}

#[test]
fn the_time_of_a_directory_counts_and_not_its_identity() {
    is_changed(&[("a/b", "one")], |files| files.write("a/c", ""));
    let files = Files::new(&[("a/b", "one"), ("c/b", "one")]);
    for name in ["a", "c"] {
        files.set_time(name, old());
    }
    let stamp = Stamp::take(&files.path("a"));
    files.rename("a", "d");
    files.rename("c", "a");
    let comparison = stamp.compare(&files.path("a"));
    assert!(
        matches!(comparison, Comparison::Restamped(_)),
        "{comparison:?}"
    );
}

#[test]
fn a_large_file_that_was_written_again_is_a_change() {
    let large = "x".repeat(2 << 20);
    is_changed(&[("a", &large)], |files| files.write("a", &large));
    is_unchanged(&[("a", &large)], |_| {});
    // In one tick of the clock, only its content shows the second write.
    let files = Files::new(&[]);
    for (before, after) in [("x", "y"), ("y", "x")] {
        files.write("a", &before.repeat(2 << 20));
        let stamp = Stamp::take(&files.path("a"));
        files.write("a", &after.repeat(2 << 20));
        let comparison = stamp.compare(&files.path("a"));
        assert!(
            matches!(comparison, Comparison::Changed(_)),
            "{comparison:?}"
        );
    }
}

#[test]
fn a_pipe_and_a_file_of_proc_are_not_opened() {
    let files = Files::new(&[]);
    let pipe = files.path("a");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RWXU).unwrap();
    for path in [&pipe, Path::new("/proc/kmsg"), Path::new("/dev/tty")] {
        let mut stamp = Stamp::take(path);
        stamp.read(path);
        assert!(
            !matches!(stamp.compare(path), Comparison::Changed(_)),
            "{stamp:?}"
        );
    }
}

#[test]
fn a_time_at_the_end_of_time_is_a_time() {
    let files = Files::new(&[("a", "one")]);
    let last = SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 34);
    files.set_time("a", last);
    let stamp = Stamp::take(&files.path("a"));
    assert!(stamp.is_newer_than(SystemTime::now()));
    assert!(!stamp.seems_older_than(SystemTime::now()));
    files.set_time("a", SystemTime::UNIX_EPOCH - Duration::from_millis(1500));
    let stamp = Stamp::take(&files.path("a"));
    assert!(stamp.seems_older_than(SystemTime::now()));
}

#[test]
fn both_ways_to_look_at_a_path_find_the_same() {
    let files = Files::new(&[("a", "one"), ("b/c", "two"), ("b/d", "three"), ("b/e", "")]);
    files.link("b/c", "f");
    files.link("nowhere", "g");
    files.link("b", "h");
    files.set_time("b/d", SystemTime::UNIX_EPOCH - Duration::from_millis(1500));
    fs::hard_link(files.path("a"), files.path("i")).unwrap();
    let names = [
        "a", "b", "b/c", "b/d", "b/e", "b/x", "f", "f/x", "g", "h", "h/c", "h/d", "i", "x/y", "x/z",
    ];
    let paths: Vec<_> = names
        .map(|name| files.path(name))
        .into_iter()
        .chain(["/".into(), "/proc/version".into()])
        .collect();
    let mut look = Look::default();
    for path in &paths {
        assert_eq!(look.at(path), Attributes::of(path), "{}", path.display());
    }
}
