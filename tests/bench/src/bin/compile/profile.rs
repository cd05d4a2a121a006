//! How the apps are built.

use crate::app::App;

/// As the templates of cargo-gin have it.
const TUNED: &str = include_str!("../../../../../cargo-gin/src/new/profile.toml");

/// A profile of cargo.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    /// What `cargo gin new` writes.
    Tuned,
    /// What an app has whose manifest says nothing of it.
    Dev,
}

impl Profile {
    pub(crate) const ALL: [Profile; 2] = [Profile::Tuned, Profile::Dev];

    /// As the manifest and the command line have it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Profile::Tuned => "tuned",
            Profile::Dev => "dev",
        }
    }

    /// The apps that are built with it: large ones differ too little to be built twice.
    pub(crate) fn apps(self) -> Vec<App> {
        let all = App::ALL.into_iter();
        match self {
            Profile::Tuned => all.collect(),
            Profile::Dev => all.filter(|app| app.is_small()).collect(),
        }
    }

    /// What the workspace's manifest says of the profiles.
    pub(crate) fn manifest() -> String {
        TUNED
            .replace("[profile.dev]", "[profile.tuned]\ninherits = \"dev\"")
            .replace("[profile.dev.", "[profile.tuned.")
    }
}
