//! Random operations on files. A full comparison of their content and times is the oracle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::inputs::Inputs;
use crate::state::Effect;
use crate::watcher::tests::{Files, old};

/// The state of a path, as far as cargo may notice it.
#[derive(Debug, PartialEq, Eq)]
enum State {
    Directory(SystemTime),
    File(Vec<u8>, SystemTime),
}

/// The paths that the operations are about. Some are inputs by name, some in directories, some lead to inputs.
pub(in crate::watcher) const NAMES: [&str; 16] = [
    "a",
    "b",
    "lib/c",
    "lib/d",
    "lib",
    "proto",
    "proto/e",
    "proto/in",
    "proto/in/f",
    "proto/in/.g",
    "proto/now",
    "v1",
    "v1/h",
    "app/i",
    "app/src/j",
    "app/src",
];
const NAMED: [&str; 5] = ["a", "b", "lib/c", "lib/d", "proto/now/h"];

fn inputs(root: &Path, inputs: &mut Inputs) {
    for name in NAMED {
        inputs.add(root.join(name), Effect::Rebuild);
    }
    inputs.add(root.join("proto"), Effect::Rebuild);
    inputs.add_package(root.join("app"));
}

/// Looks at all inputs.
fn states(root: &Path) -> BTreeMap<PathBuf, State> {
    let mut paths: BTreeSet<_> = NAMED.map(|name| root.join(name)).into();
    paths.insert(root.join("proto"));
    for named in paths.clone() {
        walk(&named, &mut Vec::new(), &mut paths);
    }
    let mut package = BTreeSet::new();
    files(&root.join("app"), &mut package);
    paths.extend(package);
    let states = paths.into_iter().filter_map(|path| {
        let metadata = fs::metadata(&path).ok()?;
        let modified = metadata.modified().unwrap();
        let state = if metadata.is_dir() {
            State::Directory(modified)
        } else {
            State::File(fs::read(&path).unwrap(), modified)
        };
        Some((path, state))
    });
    states.collect()
}

/// Lists all paths in a directory, behind links as well, unless they lead to a directory that is being listed.
fn walk(directory: &Path, within: &mut Vec<PathBuf>, paths: &mut BTreeSet<PathBuf>) {
    let Ok(resolved) = directory.canonicalize() else {
        return;
    };
    if within.contains(&resolved) {
        paths.remove(directory);
        return;
    }
    within.push(resolved);
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        paths.insert(entry.path());
        walk(&entry.path(), within, paths);
    }
    within.pop();
}

/// Lists the files in a directory, and its links.
fn files(directory: &Path, paths: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.file_type().unwrap().is_dir() {
            files(&entry.path(), paths);
        } else {
            paths.insert(entry.path());
        }
    }
}

pub(in crate::watcher) struct Random(pub(in crate::watcher) u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// Makes a random change. One that fails is none. Returns its description.
pub(in crate::watcher) fn operate(random: &mut Random, root: &Path) -> String {
    let name = random.of(&NAMES);
    let path = root.join(name);
    let text = random.of(&["one", "two", "six", "seven"]);
    let (time, other) = (random.of(&[1, 2, 3]), random.of(&NAMES));
    let time = old() + Duration::from_secs(time);
    let operation = random.below(9);
    let done = match operation {
        0 | 1 => fs::write(&path, text),
        2 => fs::write(root.join("new"), text).and_then(|()| fs::rename(root.join("new"), &path)),
        3 => fs::remove_file(&path),
        4 => fs::create_dir(&path),
        5 => fs::remove_dir_all(&path),
        6 => fs::rename(&path, root.join(other)),
        7 => fs::File::open(&path).and_then(|file| file.set_modified(time)),
        _ if random.below(2) == 0 => {
            let _ = fs::remove_file(&path);
            std::os::unix::fs::symlink(root.join(other), &path)
        }
        _ => fs::metadata(&path).and_then(|metadata| {
            let mode = if metadata.is_dir() { 0o750 } else { 0o640 };
            fs::set_permissions(&path, Permissions::from_mode(mode))
        }),
    };
    format!("{operation} {name} {other} {text} {}", done.is_ok())
}

#[test]
fn each_difference_is_found_exactly_once() {
    for seed in 1..=5 {
        let mut random = Random(seed);
        let mut files = Files::new(&[
            ("a", "one"),
            ("lib/c", "one"),
            ("proto/in/f", "one"),
            ("v1/h", "one"),
            ("app/src/j", "one"),
        ]);
        files.adopt(inputs);
        let root = files.directory.path().to_owned();
        let mut before = states(&root);
        for step in 0..100 {
            let operations = 1 + random.below(4);
            let operations: Vec<_> = (0..operations)
                .map(|_| operate(&mut random, &root))
                .collect();
            if random.below(8) == 0 {
                assert_eq!(files.adopt(inputs), [""; 0], "all stamps are known");
            }
            let found = files.verify();
            let after = states(&root);
            let paths = before.keys().chain(after.keys());
            let differ = paths.filter(|path| before.get(*path) != after.get(*path));
            let expected: BTreeSet<_> = differ.map(|path| files.name(path)).collect();
            let expected: Vec<_> = expected.into_iter().collect();
            let names = files.names(&found);
            assert_eq!(names, expected, "seed {seed}, step {step}: {operations:?}");
            assert_eq!(
                files.differences(),
                [""; 0],
                "seed {seed}, step {step}: once"
            );
            before = after;
        }
    }
}
