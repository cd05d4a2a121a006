//! The cargo profiles that the apps are built with.

use crate::app::{App, Size};

/// The profile of the projects that `cargo gin new` writes.
const TUNED: &str = include_str!("../../../../../cargo-gin/src/new/profile.toml");

/// A profile of cargo.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    /// The profile that `cargo gin new` writes.
    Tuned,
    /// The profile of an app whose manifest does not set one.
    Dev,
}

impl Profile {
    pub(crate) const ALL: [Profile; 2] = [Profile::Tuned, Profile::Dev];

    /// The name in the manifest and on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Profile::Tuned => "tuned",
            Profile::Dev => "dev",
        }
    }

    /// The profile in a caption.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Profile::Tuned => "with the profile that `cargo gin new` writes",
            Profile::Dev => "with cargo's own profile",
        }
    }

    /// The sizes of the apps that are built. The profiles differ too little for large apps to be built twice.
    pub(crate) fn sizes(self) -> &'static [Size] {
        match self {
            Profile::Tuned => &Size::BUILT,
            Profile::Dev => &[Size::Small],
        }
    }

    /// The apps of these sizes.
    pub(crate) fn apps(self) -> Vec<App> {
        let sizes = self.sizes();
        let apps = App::ALL.into_iter();
        apps.filter(|app| sizes.contains(&app.size)).collect()
    }

    /// The profiles in the workspace's manifest.
    pub(crate) fn manifest() -> String {
        TUNED
            .replace("[profile.dev]", "[profile.tuned]\ninherits = \"dev\"")
            .replace("[profile.dev.", "[profile.tuned.")
    }
}
