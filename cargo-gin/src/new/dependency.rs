//! The new project's dependency on gin-core.

use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, bail, ensure};

use crate::cli::New;

/// The most directories that a relative path to gin-core leaves. A project and a checkout that are further apart do not move together.
const NEAR: usize = 3;
/// The version of gin-core that the registry has. The first release makes it `Some(env!("CARGO_PKG_VERSION"))`.
const PUBLISHED: Option<&str> = None;

/// The source of gin-core.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Gin {
    /// A directory of this machine, as the manifest names it.
    Path(PathBuf),
    /// The registry, with this version.
    Version(&'static str),
}

impl Gin {
    /// Finds gin-core for a project at `path`: in the directory that `--gin-path` names, else in the checkout that built this program
    /// if it still exists, else in the registry.
    pub(super) fn of(new: &New, path: &Path) -> anyhow::Result<Gin> {
        let directory = match &new.gin_path {
            Some(directory) => Some(given(directory)?),
            None => checkout(),
        };
        Gin::found(directory, PUBLISHED, path)
    }

    /// Returns the gin-core of `directory`, else the `published` version, for a project at `path`.
    fn found(
        directory: Option<PathBuf>,
        published: Option<&'static str>,
        path: &Path,
    ) -> anyhow::Result<Gin> {
        match (directory, published) {
            (Some(directory), _) => {
                let near = near(&resolved(path), &directory);
                Ok(Gin::Path(near.unwrap_or(directory)))
            }
            (None, Some(version)) => Ok(Gin::Version(version)),
            (None, None) => bail!(
                "the gin checkout that built this program is gone, and gin-core is not published yet; clone gin, and name the directory \
                 of its gin-core by --gin-path. Nothing was written"
            ),
        }
    }

    /// Returns the key of the dependency, and its value in TOML.
    pub(super) fn source(&self) -> String {
        match self {
            // A manifest is the same on Windows and elsewhere if its paths have no backslash.
            Gin::Path(path) if path.is_relative() => {
                let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
                format!("path = {:?}", parts.join("/"))
            }
            Gin::Path(path) => format!("path = {:?}", path.display().to_string()),
            Gin::Version(version) => format!("version = {version:?}"),
        }
    }

    /// Returns a note for a dependency that other machines do not have.
    pub(super) fn note(&self) -> Option<String> {
        match self {
            Gin::Path(path) => Some(format!(
                "note: gin-core is the directory {} of this machine, as Cargo.toml says. To build elsewhere, clone gin beside the \
                 project, and change that path",
                path.display()
            )),
            Gin::Version(_) => None,
        }
    }
}

fn given(directory: &Path) -> anyhow::Result<PathBuf> {
    ensure!(
        is_gin(directory),
        "there is no gin-core in {}; --gin-path takes the directory of its Cargo.toml",
        directory.display()
    );
    directory
        .canonicalize()
        .with_context(|| format!("cannot resolve {}", directory.display()))
}

fn checkout() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../gin-core");
    beside.canonicalize().ok().filter(|path| is_gin(path))
}

fn is_gin(directory: &Path) -> bool {
    let manifest = std::fs::read_to_string(directory.join("Cargo.toml"));
    let manifest = manifest
        .ok()
        .and_then(|text| text.parse::<toml::Table>().ok());
    let name = manifest
        .as_ref()
        .and_then(|table| table.get("package")?.get("name")?.as_str());
    name == Some("gin-core")
}

/// Resolves the links of a path whose last directories do not exist yet.
fn resolved(path: &Path) -> PathBuf {
    let existing = path.ancestors().find_map(|above| {
        let rest = path.strip_prefix(above).ok()?;
        Some(above.canonicalize().ok()?.join(rest))
    });
    existing.unwrap_or_else(|| path.to_owned())
}

/// Returns the path from `project` to `directory`, both absolute, if they share more than the root and are near.
fn near(project: &Path, directory: &Path) -> Option<PathBuf> {
    let shared = project
        .ancestors()
        .find(|above| directory.starts_with(above))?;
    let is_named = shared
        .components()
        .any(|part| matches!(part, Component::Normal(_)));
    let steps = project.strip_prefix(shared).ok()?.components().count();
    let rest = directory.strip_prefix(shared).ok()?;
    let up = std::iter::repeat_n("..", steps).collect::<PathBuf>();
    (is_named && steps <= NEAR).then(|| up.join(rest))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_checkout_that_is_near_is_a_relative_dependency() {
        for (project, directory, path) in [
            (
                "/home/ann/code/blog",
                "/home/ann/code/gin/gin-core",
                Some("../gin/gin-core"),
            ),
            (
                "/home/ann/gin/target/a/blog",
                "/home/ann/gin/gin-core",
                Some("../../../gin-core"),
            ),
            ("/home/ann/a/b/c/blog", "/home/ann/gin/gin-core", None),
            ("/srv/blog", "/opt/gin/gin-core", None),
        ] {
            let found = near(Path::new(project), Path::new(directory));
            assert_eq!(found.as_deref(), path.map(Path::new), "{project}");
        }
        let gin = Gin::Path("../gin/gin-core".into());
        assert_eq!(gin.source(), "path = \"../gin/gin-core\"");
    }

    #[test]
    fn without_a_checkout_only_a_published_version_is_a_dependency() {
        let project = Path::new("/srv/blog");
        let found = |directory: Option<&str>, published| {
            Gin::found(directory.map(PathBuf::from), published, project)
        };
        let gin = found(None, Some("1.2.3")).expect("it is published");
        assert_eq!(gin.source(), "version = \"1.2.3\"");
        let gin = found(Some("/opt/gin/gin-core"), None).expect("there is a checkout");
        assert_eq!(gin.source(), "path = \"/opt/gin/gin-core\"");
        let error = found(None, None).expect_err("a version would not resolve");
        assert!(error.to_string().contains("--gin-path"), "{error}");
    }
}
