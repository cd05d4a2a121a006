//! The projects that `cargo gin new` starts from, embedded.
//!
//! Each is a crate in the repository's `templates/`. A bundle beside this file has all of its files in one, written by `.ci/bundles`,
//! and a test keeps the two equal as committed. A bundle is a copy because newcomers try edits in `templates/`, which must not reach
//! new projects; because cargo packs only files below a package, and no other package in it; and because git on Windows checks
//! links out as text.

use crate::cli::TemplateName;
use crate::new::dependency::Gin;

/// The start of the line before each file of a bundle, which its path follows.
const HEADING: &str = "=== ";
/// The file of a bundle with further lines of the profile. It is a part of the manifest.
const OWN_PROFILE: &str = "profile.toml";
/// The profile of a new project, which only the root of a workspace can have.
const PROFILE: &str = include_str!("profile.toml");
const GIN: &str = "path = \"../../gin-core\"";

/// A crate whose only placeholders are its name and the path of gin-core.
#[derive(Debug)]
pub(super) struct Template {
    /// The name of the crate.
    name: &'static str,
    bundle: &'static str,
}

/// The parts of a manifest that depend on the workspace around the new project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is the root of its own workspace, with a profile.
    Root,
    /// As [`Standing::Root`], and says so: cargo would take it for a member of the workspace around it.
    Apart,
    /// It is a member, and the root has the profile.
    Member,
}

impl Template {
    pub(super) fn of(name: TemplateName) -> Template {
        let (name, bundle) = match name {
            TemplateName::Hello => ("hello", include_str!("bundles/hello.txt")),
            TemplateName::Api => ("api", include_str!("bundles/api.txt")),
            TemplateName::Web => ("web", include_str!("bundles/web.txt")),
            TemplateName::Realtime => ("realtime", include_str!("bundles/realtime.txt")),
        };
        Template { name, bundle }
    }

    /// Returns the project's files with their paths.
    pub(super) fn files(
        &self,
        name: &str,
        gin: &Gin,
        standing: Standing,
    ) -> Vec<(&'static str, String)> {
        let own = self.sources().filter(|(path, _)| *path != OWN_PROFILE);
        own.map(|(path, text)| {
            let text = match path {
                "Cargo.toml" => self.manifest(text, name, gin, standing),
                "README.md" => text.replacen(self.name, name, 1),
                "Dockerfile" => renamed(text, self.name, name),
                "deploy/kubernetes.yaml" => renamed(text, self.name, &label(name)),
                _ => text.to_owned(),
            };
            (path, text)
        })
        .collect()
    }

    /// Returns the files of the bundle, each with its path.
    fn sources(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let mut rest = self.bundle.strip_prefix(HEADING);
        std::iter::from_fn(move || {
            let (path, text) = rest?.split_once('\n')?;
            let end = text.find("\n=== ").map(|end| end + 1);
            let (text, next) = text.split_at(end.unwrap_or(text.len()));
            rest = next.strip_prefix(HEADING);
            Some((path.trim_end(), text))
        })
    }

    fn manifest(&self, text: &str, name: &str, gin: &Gin, standing: Standing) -> String {
        let own_name = format!("name = \"{}\"", self.name);
        let mut manifest = text
            .replacen(&own_name, &format!("name = \"{name}\""), 1)
            .replacen(GIN, &gin.source(), 1);
        if standing != Standing::Member {
            manifest.push_str(PROFILE);
            let own = self.sources().find(|(path, _)| *path == OWN_PROFILE);
            manifest.push_str(own.map_or("", |(_, profile)| profile));
        }
        if standing == Standing::Apart {
            manifest.push_str(
                "\n# This project is not a member of the workspace around it.\n[workspace]\n",
            );
        }
        manifest
    }
}

/// Returns the name as Kubernetes and registries of images allow it: lower-case letters, digits and inner hyphens (RFC 1123 §2.1).
fn label(name: &str) -> String {
    let character = |c: char| match c.to_ascii_lowercase() {
        c if c.is_ascii_alphanumeric() => c,
        _ => '-',
    };
    let label: String = name.chars().map(character).collect();
    label.trim_matches('-').to_owned()
}

/// Replaces a name where it is a whole word, as it is in the names of images and programs.
fn renamed(text: &str, from: &str, to: &str) -> String {
    let mut renamed = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(from) {
        let (before, after) = (&rest[..start], &rest[start + from.len()..]);
        let joins = |c: char| c.is_alphanumeric() || c == '_';
        let is_word = !before.ends_with(joins) && !after.starts_with(joins);
        renamed.push_str(before);
        renamed.push_str(if is_word { to } else { from });
        rest = after;
    }
    renamed + rest
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn a_template_has_no_name_or_path_of_its_own_left() {
        for name in TemplateName::value_variants() {
            let template = Template::of(*name);
            let files = template.files("blog", &Gin::Version("9.8.7"), Standing::Root);
            let text = |path| &files.iter().find(|(file, _)| *file == path).expect(path).1;
            let manifest = text("Cargo.toml");
            assert!(manifest.contains("\nname = \"blog\"\n"), "{manifest}");
            assert!(
                manifest.contains("gin-core = { version = \"9.8.7\""),
                "{manifest}"
            );
            assert!(manifest.contains("\n[profile.dev]\n"), "{manifest}");
            assert!(manifest.parse::<toml::Table>().is_ok(), "{manifest}");
            assert!(text("README.md").starts_with("# blog\n"));
            assert!(text(".gitignore").contains("/target\n"));
            assert!(text("src/main.rs").ends_with("}\n"));
            assert!(files.iter().all(|(path, _)| *path != OWN_PROFILE));
        }
    }

    #[test]
    fn only_whole_words_are_renamed() {
        let text = "apiVersion: v1\nname: api\nimage: api:1\nrun: /app/api";
        let expected = "apiVersion: v1\nname: blog\nimage: blog:1\nrun: /app/blog";
        assert_eq!(renamed(text, "api", "blog"), expected);
    }

    #[test]
    fn deployments_have_names_that_their_tools_accept() {
        let template = Template::of(TemplateName::Api);
        let files = template.files("My_shop", &Gin::Version("9.8.7"), Standing::Root);
        let text = |path| &files.iter().find(|(file, _)| *file == path).expect(path).1;
        assert!(text("Dockerfile").contains("cp target/release/My_shop "));
        let manifest = text("deploy/kubernetes.yaml");
        assert!(manifest.contains("name: my-shop\n"), "{manifest}");
        assert!(manifest.contains("image: my-shop:latest\n"), "{manifest}");
        // A project that is called `redis` has one service of this name.
        assert!(text("compose.yaml").contains("\n  app:\n"));
        assert!(text("deploy/nginx.conf").contains("server app:8080;"));
    }
}
