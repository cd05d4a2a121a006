//! A unit: a crate as one call of rustc compiles it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::builder::fast::call::Call;

/// The identity of a unit: the dep-info file that rustc writes for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct UnitId(PathBuf);

/// A crate as one call of rustc compiles it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) id: UnitId,
    pub(super) call: Call,
    pub(super) kind: UnitKind,
    pub(super) crate_name: String,
    /// The units that it depends on.
    pub(super) externs: BTreeSet<UnitId>,
    /// The library or the executable.
    pub(super) product: PathBuf,
    /// The metadata of a library.
    pub(super) metadata: Option<PathBuf>,
}

/// The kind of a unit, as far as it decides how it can be compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnitKind {
    /// A library of Rust. Those above it need no more than its metadata.
    Library,
    /// A program.
    Binary,
    /// A procedural macro, a library for other languages, a build script, and whatever else there may be: cargo compiles it.
    Other,
}

impl UnitId {
    /// Returns the unit that has made this library: `libname-HASH.rlib`.
    pub(super) fn of_library(library: &Path) -> Option<UnitId> {
        let stem = library.file_stem()?.to_str()?;
        let name = stem.strip_prefix("lib")?;
        name.contains('-')
            .then(|| UnitId(library.with_file_name(format!("{name}.d"))))
    }

    /// Returns the unit that has made this build script: `build/package-HASH/build-script-build`.
    pub(super) fn of_script(program: &Path) -> Option<UnitId> {
        let directory = program.parent()?;
        let (_, hash) = directory.file_name()?.to_str()?.rsplit_once('-')?;
        let name = program.file_stem()?.to_str()?.replace('-', "_");
        is_script(&name).then(|| UnitId(directory.join(format!("{name}-{hash}.d"))))
    }

    /// Returns the path of its dep-info.
    pub(super) fn dep_info(&self) -> &Path {
        &self.0
    }
}

impl Unit {
    /// Returns the unit of a call. Returns `None` for a call that lacks what cargo gives each.
    pub(super) fn of(call: Call) -> Option<Unit> {
        let crate_name = call.option("--crate-name")?.to_owned();
        let name = format!("{crate_name}{}", call.value("extra-filename")?);
        let directory = call.directory.join(call.option("--out-dir")?);
        let types: Vec<_> = call.options("--crate-type").collect();
        let emitted: BTreeSet<_> = call.option("--emit")?.split(',').collect();
        let is_test = call.words.iter().any(|word| word == "--test");
        let kind = match types.as_slice() {
            _ if is_test => UnitKind::Other,
            ["lib" | "rlib"] if emitted == ["dep-info", "link", "metadata"].into() => {
                UnitKind::Library
            }
            ["bin"] if emitted == ["dep-info", "link"].into() && !is_script(&crate_name) => {
                UnitKind::Binary
            }
            _ => UnitKind::Other,
        };
        let product = match kind {
            UnitKind::Library => format!("lib{name}.rlib"),
            UnitKind::Binary | UnitKind::Other => format!("{name}{}", std::env::consts::EXE_SUFFIX),
        };
        let metadata = directory.join(format!("lib{name}.rmeta"));
        let libraries = call.options("--extern");
        let libraries = libraries.filter_map(|found| Some(Path::new(found.split_once('=')?.1)));
        Some(Unit {
            id: UnitId(directory.join(format!("{name}.d"))),
            kind,
            externs: libraries.filter_map(UnitId::of_library).collect(),
            product: directory.join(product),
            metadata: (kind == UnitKind::Library).then_some(metadata),
            crate_name,
            call,
        })
    }

    /// Returns the directory of the profile: `target/debug`.
    pub(super) fn profile_directory(&self) -> Option<&Path> {
        self.id.0.parent()?.parent()
    }

    /// Returns the manifest of its package.
    pub(super) fn manifest(&self) -> Option<&str> {
        let manifest = self.call.variables.get("CARGO_MANIFEST_PATH")?;
        Some(manifest)
    }

    /// Returns the files that it makes and that other units read.
    pub(super) fn products(&self) -> impl Iterator<Item = &Path> {
        let metadata = self.metadata.iter();
        metadata.chain([&self.product]).map(PathBuf::as_path)
    }
}

fn is_script(crate_name: &str) -> bool {
    crate_name.starts_with("build_script_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builder::fast::call::tests::call;

    #[test]
    fn a_unit_is_known_by_its_dep_info() {
        let library = Unit::of(call(
            "rustc --crate-name a --crate-type lib --emit=dep-info,metadata,link -C extra-filename=-1 --out-dir /t/debug/deps \
             --extern b=/t/debug/deps/libb-2.rmeta --extern noprelude:c=/t/debug/deps/libc-3.so --extern proc_macro",
        ))
        .unwrap();
        assert_eq!(library.kind, UnitKind::Library);
        let product = Path::new("/t/debug/deps/liba-1.rlib");
        assert_eq!(library.product, product);
        assert_eq!(UnitId::of_library(product), Some(library.id.clone()));
        let script = Path::new("/t/debug/build/my-app-4/build-script-build");
        assert_eq!(UnitId::of_library(script), None);
        let script = UnitId::of_script(script).unwrap();
        let expected = Path::new("/t/debug/build/my-app-4/build_script_build-4.d");
        assert_eq!(script.dep_info(), expected);
        let externs: Vec<_> = library.externs.iter().map(UnitId::dep_info).collect();
        assert_eq!(
            externs,
            ["/t/debug/deps/b-2.d", "/t/debug/deps/c-3.d"].map(Path::new)
        );
        assert_eq!(library.profile_directory(), Some(Path::new("/t/debug")));
    }

    #[test]
    fn whatever_else_rustc_may_make_is_left_to_cargo() {
        for (line, kind) in [
            (
                "--crate-name app --crate-type bin --emit=dep-info,link",
                UnitKind::Binary,
            ),
            (
                "--crate-name app --crate-type bin --emit=dep-info,link --test",
                UnitKind::Other,
            ),
            (
                "--crate-name app --crate-type bin --emit=dep-info,link,asm",
                UnitKind::Other,
            ),
            (
                "--crate-name app --crate-type lib --emit=dep-info,metadata",
                UnitKind::Other,
            ),
            (
                "--crate-name app --crate-type proc-macro --emit=dep-info,link",
                UnitKind::Other,
            ),
            (
                "--crate-name app --crate-type lib --crate-type cdylib --emit=dep-info,metadata,link",
                UnitKind::Other,
            ),
            (
                "--crate-name build_script_build --crate-type bin --emit=dep-info,link",
                UnitKind::Other,
            ),
        ] {
            let line = format!("rustc {line} -C extra-filename=-1 --out-dir /t/debug/deps");
            assert_eq!(Unit::of(call(&line)).unwrap().kind, kind, "{line}");
        }
    }
}
