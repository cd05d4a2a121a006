//! The projects that `cargo gin new` starts from, embedded.
//!
//! `hello/` is a copy of the crate in the repository's `templates/`, and a test keeps the two equal as committed. It is a
//! copy because newcomers try edits in `templates/`, which must not reach new projects; because cargo packs only files
//! below a package; and because git on Windows checks links out as text.

use std::path::Path;

/// A crate whose only placeholder is its name.
#[derive(Debug)]
pub(crate) struct Template {
    /// The name of the crate in the template.
    name: &'static str,
    manifest: &'static str,
    readme: &'static str,
    sources: &'static [(&'static str, &'static str)],
}

/// A page, a param, a group, a middleware.
pub(crate) const HELLO: Template = Template {
    name: "hello",
    manifest: include_str!("hello/manifest.toml"),
    readme: include_str!("hello/readme.md"),
    sources: &[("src/main.rs", include_str!("hello/main.rs"))],
};

/// The dependency of the new project on gin-core.
#[derive(Debug)]
pub(crate) enum Gin<'a> {
    /// In this directory.
    Path(&'a Path),
    /// In the registry, at this version.
    Version(&'a str),
}

/// The parts of a manifest that depend on the workspace around the new project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is the root of its own workspace, with a profile.
    Root,
    /// As [`Standing::Root`], and says so: cargo would take it for a member of the workspace around it.
    Apart,
    /// It is a member, and the root has the profile.
    Member,
}

impl Template {
    /// Returns the project's files with their paths.
    pub(crate) fn files(
        &self,
        name: &str,
        gin: &Gin<'_>,
        standing: Standing,
    ) -> Vec<(&'static str, String)> {
        let sources = self
            .sources
            .iter()
            .map(|(path, text)| (*path, (*text).to_owned()));
        let mut files: Vec<_> = sources.collect();
        files.push(("Cargo.toml", self.manifest(name, gin, standing)));
        files.push(("README.md", self.readme.replacen(self.name, name, 1)));
        files.push((".gitignore", "/target\n".to_owned()));
        files
    }

    fn manifest(&self, name: &str, gin: &Gin<'_>, standing: Standing) -> String {
        let placeholder = format!("name = \"{}\"", self.name);
        let mut manifest = self
            .manifest
            .replacen(&placeholder, &format!("name = \"{name}\""), 1);
        let gin = match gin {
            Gin::Path(path) => format!("gin-core = {{ path = {:?} }}", path.display().to_string()),
            Gin::Version(version) => format!("gin-core = {version:?}"),
        };
        manifest = manifest
            .lines()
            .map(|line| {
                if line.starts_with("gin-core = ") {
                    &gin
                } else {
                    line
                }
            })
            .fold(String::new(), |text, line| text + line + "\n");
        if standing != Standing::Member {
            manifest.push_str(PROFILE);
        }
        if standing == Standing::Apart {
            manifest.push_str(
                "\n# This project is not a member of the workspace around it.\n[workspace]\n",
            );
        }
        manifest
    }
}

/// The profile of a new project, which only the root of a workspace can have.
const PROFILE: &str = include_str!("profile.toml");
