//! The environment of cargo and of the app: the variables that the user's own `cargo build` and `cargo run` would set.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

use cargo_metadata::Package;
use tokio::process::Command;

use crate::cargo::toolchain::{PINS, Pin};

/// Variables for the app, besides those that it inherits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Environment(BTreeMap<String, OsString>);

impl Environment {
    /// Sets a variable, even if the user has set it.
    pub(crate) fn set(&mut self, name: impl Into<String>, value: impl Into<OsString>) {
        self.0.insert(name.into(), value.into());
    }

    /// Sets a variable unless the user or an earlier call has set it.
    pub(crate) fn offer(&mut self, name: impl Into<String>, value: impl Into<OsString>) {
        let name = name.into();
        if std::env::var_os(&name).is_none_or(|_| is_set_by_cargo(name.as_ref())) {
            self.0.entry(name).or_insert_with(|| value.into());
        }
    }

    /// Returns the address in `HOST`, or the loopback address if that is a name.
    pub(crate) fn host(&self) -> IpAddr {
        let inherited = || std::env::var_os("HOST");
        let host = self.0.get("HOST").cloned().or_else(inherited);
        let ip = host.and_then(|host| host.to_str()?.parse().ok());
        ip.unwrap_or(IpAddr::from(Ipv4Addr::LOCALHOST))
    }

    /// Puts these directories before the user's own in the search path for shared libraries.
    pub(crate) fn search(&mut self, directories: impl IntoIterator<Item = PathBuf>) {
        let mut known = Vec::new();
        for directory in directories.into_iter().chain(inherited_directories()) {
            // A name that contains the separator would be read as two, and fail the join of all.
            if !known.contains(&directory) && std::env::join_paths([&directory]).is_ok() {
                known.push(directory);
            }
        }
        if let Ok(paths) = std::env::join_paths(known) {
            self.set(LIBRARY_PATH, paths);
        }
    }

    /// Sets these variables for a command, and removes those that it must not inherit.
    pub(crate) fn give(&self, command: &mut Command) {
        scrub(command);
        command.envs(&self.0);
    }
}

/// Returns the variables in which cargo describes an app's package. A key that is missing in the manifest is empty.
pub(crate) fn of_package(package: &Package) -> Environment {
    let path = |path: &Option<cargo_metadata::camino::Utf8PathBuf>| {
        path.as_ref().map(ToString::to_string).unwrap_or_default()
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let manifest = package.manifest_path.as_std_path();
    let version = &package.version;
    let minimum = package.rust_version.as_ref().map(ToString::to_string);
    let described = [
        ("AUTHORS", package.authors.join(":")),
        ("DESCRIPTION", text(&package.description)),
        ("HOMEPAGE", text(&package.homepage)),
        ("LICENSE", text(&package.license)),
        ("LICENSE_FILE", path(&package.license_file)),
        ("NAME", package.name.to_string()),
        ("README", path(&package.readme)),
        ("REPOSITORY", text(&package.repository)),
        ("RUST_VERSION", minimum.unwrap_or_default()),
        ("VERSION", version.to_string()),
        ("VERSION_MAJOR", version.major.to_string()),
        ("VERSION_MINOR", version.minor.to_string()),
        ("VERSION_PATCH", version.patch.to_string()),
        ("VERSION_PRE", version.pre.to_string()),
    ];
    let mut environment = Environment::default();
    environment.set("CARGO_MANIFEST_PATH", manifest);
    environment.set("CARGO_MANIFEST_DIR", manifest.parent().unwrap_or(manifest));
    for (name, value) in described {
        environment.set(format!("CARGO_PKG_{name}"), value);
    }
    environment
}

/// Removes the variables that an outer `cargo run` has set for us.
///
/// They change the fingerprints of the inner cargo, which would build everything twice, and they are wrong for the app.
pub(crate) fn scrub(command: &mut Command) {
    if Pin::current() == Pin::ByFiles {
        for name in PINS {
            command.env_remove(name);
        }
    }
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_set_by_cargo(name)) {
        command.env_remove(name);
    }
    let kept = inherited_directories();
    match std::env::join_paths(&kept) {
        Ok(paths) if !kept.is_empty() => command.env(LIBRARY_PATH, paths),
        _ => command.env_remove(LIBRARY_PATH),
    };
}

/// Returns the directory of cargo or rustup: the value of its variable, or the default in the user's home.
pub(crate) fn home(variable: &str, default: &str) -> Option<PathBuf> {
    std::env::var_os(variable)
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(default)))
}

/// The variable that holds the search path for shared libraries.
const LIBRARY_PATH: &str = if cfg!(target_os = "macos") {
    "DYLD_FALLBACK_LIBRARY_PATH"
} else if cfg!(windows) {
    "PATH"
} else {
    "LD_LIBRARY_PATH"
};

fn is_set_by_cargo(name: &OsStr) -> bool {
    const NAMES: [&str; 12] = [
        "CARGO",
        "CARGO_BIN_NAME",
        "CARGO_CRATE_NAME",
        "CARGO_MAKEFLAGS",
        "CARGO_MANIFEST_DIR",
        "CARGO_MANIFEST_LINKS",
        "CARGO_MANIFEST_PATH",
        "CARGO_PRIMARY_PACKAGE",
        "CARGO_TARGET_TMPDIR",
        "OUT_DIR",
        "RUST_RECURSION_COUNT",
        "__CARGO_DEFAULT_LIB_METADATA",
    ];
    name.to_str().is_some_and(|name| {
        NAMES.contains(&name)
            || name.starts_with("CARGO_PKG_")
            || name.starts_with("CARGO_BIN_EXE_")
    })
}

/// Returns the user's own search path for shared libraries.
fn inherited_directories() -> Vec<PathBuf> {
    let mine = std::env::current_exe().ok();
    let value = std::env::var_os(LIBRARY_PATH).unwrap_or_default();
    std::env::split_paths(&value)
        .filter(|directory| !directory.as_os_str().is_empty())
        .filter(|directory| !is_library_path_of_cargo(directory, mine.as_deref()))
        .collect()
}

/// Returns `true` for a directory that an outer `cargo run` has added: those of build scripts, that of our own executable
/// with its `deps`, and the toolchain's.
fn is_library_path_of_cargo(dir: &Path, executable: Option<&Path>) -> bool {
    let profile = executable.and_then(Path::parent);
    profile.is_some_and(|profile| dir.starts_with(profile))
        || dir.components().any(|part| part.as_os_str() == "rustlib")
        || dir.ends_with("lib")
            && dir
                .components()
                .any(|part| part.as_os_str() == "toolchains")
}
