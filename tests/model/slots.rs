//! The slots: the files that contribute a word each to the response.

use crate::sources;

/// A file that contributes a word to the response, on the line of its name.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) name: &'static str,
    /// Relative to the app's package.
    pub(crate) path: &'static str,
    /// The text of the file. `@` stands for the word.
    pub(crate) template: &'static str,
    pub(crate) absence: Absence,
}

/// The result of a build while the file is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absence {
    /// The build fails.
    Fails,
    /// The word is `none`.
    Counts,
    /// Cargo does not notice the absence, so no operation makes it.
    Unnoticed,
}

impl Slot {
    /// Returns `true` if a wrong text in it fails the build.
    pub(crate) fn can_break(&self) -> bool {
        self.template != "@" && self.name != "word"
    }
}

const fn slot(name: &'static str, path: &'static str, template: &'static str) -> Slot {
    Slot {
        name,
        path,
        template,
        absence: Absence::Fails,
    }
}

/// All slots, in the order of the response. The declared directories are not among them.
pub(crate) const SLOTS: [Slot; 20] = [
    slot("main", "src/main.rs", sources::MAIN),
    slot("part", "src/part.rs", sources::MODULE),
    slot("made", "src/made.rs", sources::MODULE),
    slot("page", "page.html", "@"),
    slot("dist", "../../ui/dist/index.html", "@"),
    slot("middle", "../../ui/now/page.html", "@"),
    slot("linked", "src/linked.html", "@"),
    slot("hard", "../../ui/hard.html", "@"),
    slot("ignored", "../ignored/note.txt", "@"),
    slot("inner", "../inner/src/lib.rs", sources::INNER),
    Slot {
        absence: Absence::Unnoticed,
        ..slot("data", "../inner/data.txt", "@")
    },
    slot("outer", "../../outer/src/lib.rs", sources::OUTER),
    Slot {
        absence: Absence::Counts,
        ..slot("above", "../../.cargo/config.toml", sources::ABOVE)
    },
    slot("more", "../../more/words.toml", sources::MORE),
    Slot {
        absence: Absence::Counts,
        ..slot("near", "../.cargo/config.toml", sources::NEAR)
    },
    slot("about", "Cargo.toml", sources::APP_MANIFEST),
    slot("root", "../Cargo.toml", sources::ROOT_MANIFEST),
    slot(
        "inner manifest",
        "../inner/Cargo.toml",
        sources::INNER_MANIFEST,
    ),
    slot(
        "outer manifest",
        "../../outer/Cargo.toml",
        sources::OUTER_MANIFEST,
    ),
    Slot {
        absence: Absence::Counts,
        ..slot("word", ".env", "WORD=@\n")
    },
];

/// The directories that the app's build script declares, with the names of their lines.
pub(crate) const DECLARED: [(&str, &str); 2] = [("proto", "../proto"), ("hidden", "../.hidden")];

/// Directories that can disappear with all that is in them.
pub(crate) const DIRECTORIES: [&str; 10] = [
    "../../ui/dist",
    "../../ui/one",
    "../../ui/two",
    "../../texts",
    "../../secrets",
    "../../more",
    "../../.cargo",
    "../ignored",
    "../proto",
    "../.hidden",
];

/// Returns the slot of this name.
pub(crate) fn named(name: &str) -> &'static Slot {
    let slot = SLOTS.iter().find(|slot| slot.name == name);
    slot.expect("there is a slot of this name")
}
