//! Imports go down: code names only what lies in its own directory or on a floor below.

use crate::files::{self, File};

/// A crate's sources, and the floors of its modules from the lowest to the highest. Modules on one floor do not know each other; the
/// highest floor has what the crate's root defines or exports itself.
struct House {
    sources: &'static str,
    floors: &'static [&'static str],
}

const HOUSES: [House; 2] = [
    House {
        sources: "gin-core/src",
        floors: &[
            "future tls",
            "connection description redis",
            "failure",
            "content",
            "request",
            "response",
            "extract",
            "cookies formats",
            "handlers",
            "middleware",
            "sessions",
            "app",
            "files operations templates",
            "dispatch",
            "openapi report",
            "server",
            "tower websocket",
            "testing",
            "lib",
            "guide prelude routing",
        ],
    },
    House {
        sources: "cargo-gin/src",
        floors: &[
            "cli os panic text",
            "cargo",
            "source",
            "diagnostics",
            "state",
            "assets editor fix incidents remedies tls workspace",
            "inputs",
            "builder page runner watcher",
            "hooks proxy sides terminal",
            "completions dev fuzzing manual new",
            "routes tune",
            "client",
            "lib main",
        ],
    },
];

#[test]
fn imports_go_down() {
    let mut faults = Vec::new();
    for house in &HOUSES {
        for file in files::in_directory(house.sources) {
            if file.is_test || file.extension() != "rs" {
                continue;
            }
            faults.extend(house.faults(&file));
        }
    }
    assert!(
        faults.is_empty(),
        "{}\n{} imports go up",
        faults.join("\n"),
        faults.len()
    );
}

impl House {
    /// The imports of a file that do not go down, each with its place.
    fn faults(&self, file: &File) -> Vec<String> {
        let path = file
            .path
            .strip_prefix(self.sources)
            .expect("a source is there");
        let room = path.with_extension("");
        let room = room.iter().next().and_then(|name| name.to_str());
        let room = room.expect("a source has a name");
        let place = |line| format!("{}:{line}", file.path.display());
        let Some(floor) = self.floor(room) else {
            return vec![format!("{}: `{room}` is on no floor", place(1))];
        };
        imports(&file.text)
            .filter(|(_, import)| *import != room)
            .filter(|(_, import)| self.floor(import).unwrap_or(self.root()) >= floor)
            .map(|(line, import)| format!("{}: {room} → {import}", place(line)))
            .collect()
    }

    fn floor(&self, room: &str) -> Option<usize> {
        let mut floors = self.floors.iter();
        floors.position(|floor| floor.split(' ').any(|other| other == room))
    }

    /// The floor of names that belong to no module.
    fn root(&self) -> usize {
        let root = self.floor("lib").or(self.floor("main"));
        root.expect("a crate has a root")
    }
}

/// The modules that paths from the crate's root name, each with its line; not in comments and not in tests at the foot of a file.
fn imports(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let code = text.split("#[cfg(test)]\nmod tests {").next();
    let lines = code.unwrap_or_default().lines().zip(1..);
    lines.flat_map(|(line, number)| {
        let code = line.split("//").next().unwrap_or_default();
        let paths = code.match_indices("crate::");
        // A macro's `$crate` names the crate's root on behalf of other crates.
        let paths = paths.filter(|(start, _)| !code[..*start].ends_with('$'));
        paths.map(move |(start, path)| {
            let path = &code[start + path.len()..];
            let end = path.find(|character: char| !character.is_alphanumeric() && character != '_');
            (number, &path[..end.unwrap_or(path.len())])
        })
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{House, imports};
    use crate::files::File;

    const HOUSE: House = House {
        sources: "src",
        floors: &["cellar", "kitchen parlour", "attic", "lib"],
    };

    #[test]
    fn modules_are_found_in_imports_and_paths() {
        for (code, found) in [
            ("use crate::cellar::wine::Bottle;", vec!["cellar"]),
            ("pub(crate) use crate::cellar;", vec!["cellar"]),
            (
                "fn cook(pan: crate::kitchen::Pan) -> crate::attic::Box {",
                vec!["kitchen", "attic"],
            ),
            ("use crate::Root;", vec!["Root"]),
            ("use std::fs; // and crate::cellar", vec![]),
            ("/// See [`crate::attic`].", vec![]),
            ("$crate::attic::open()", vec![]),
            (
                "fn f() {}\n#[cfg(test)]\nmod tests {\n    use crate::attic::Box;\n}",
                vec![],
            ),
        ] {
            let names: Vec<_> = imports(code).map(|(_, name)| name).collect();
            assert_eq!(names, found, "{code}");
        }
    }

    #[test]
    fn an_import_that_goes_up_or_aside_is_refused() {
        for (path, module, is_refused) in [
            ("kitchen/stove.rs", "cellar", false),
            ("kitchen/stove.rs", "kitchen", false),
            ("kitchen/stove.rs", "parlour", true),
            ("kitchen/stove.rs", "attic", true),
            ("cellar.rs", "Root", true),
            ("lib.rs", "attic", false),
            ("shed.rs", "cellar", true),
        ] {
            let file = File {
                path: Path::new("src").join(path),
                text: format!("use crate::{module};"),
                is_test: false,
            };
            assert_eq!(
                !HOUSE.faults(&file).is_empty(),
                is_refused,
                "{path} → {module}"
            );
        }
    }
}
