//! A package id specification, as `-p` takes it.
//!
//! <https://doc.rust-lang.org/cargo/reference/pkgid-spec.html>

use std::path::{Path, PathBuf};

/// A specification of a package: each part that is given has to fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PackageSpec {
    name: Option<String>,
    /// A version, or the start of one: `1` and `1.2` fit `1.2.3`.
    version: Option<String>,
    directory: Option<PathBuf>,
}

impl PackageSpec {
    /// Parses `name`, `name@version` or a URL such as `path+file:///home/ann/app#name@version`.
    pub(super) fn parse(text: &str) -> PackageSpec {
        let Some((_, url)) = text.split_once("://") else {
            return PackageSpec::named(text);
        };
        let (path, fragment) = url.split_once('#').unwrap_or((url, ""));
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        let is_version = fragment.starts_with(|first: char| first.is_ascii_digit());
        let spec = match fragment {
            "" => PackageSpec::default(),
            version if is_version => PackageSpec {
                version: Some(version.to_owned()),
                ..PackageSpec::default()
            },
            fragment => PackageSpec::named(fragment),
        };
        PackageSpec {
            directory: Some(PathBuf::from(decoded(path))),
            ..spec
        }
    }

    /// Parses `name`, `name@version` or the older `name:version`.
    fn named(text: &str) -> PackageSpec {
        let (name, version) = match text.split_once(['@', ':']) {
            Some((name, version)) => (name, Some(version.to_owned())),
            None => (text, None),
        };
        PackageSpec {
            name: Some(name.to_owned()),
            version,
            directory: None,
        }
    }

    /// Returns `true` if a package fits. A version that is not known fits any.
    pub(super) fn fits(&self, name: &str, version: Option<&str>, directory: &Path) -> bool {
        let fits_version = |wanted: &str| version.is_none_or(|version| starts(version, wanted));
        self.name.as_deref().is_none_or(|wanted| wanted == name)
            && self.version.as_deref().is_none_or(fits_version)
            && self
                .directory
                .as_deref()
                .is_none_or(|wanted| wanted == directory)
    }

    /// Returns the name, or nothing for a URL without one.
    pub(super) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }
}

/// Returns `true` if a version is `wanted`, or starts with its numbers.
fn starts(version: &str, wanted: &str) -> bool {
    let rest = version.strip_prefix(wanted);
    let numbers = wanted.split('.').count();
    // `1.2.3` is a whole version, which `1.2.3-beta` is not.
    rest.is_some_and(|rest| rest.is_empty() || numbers < 3 && rest.starts_with('.'))
}

/// Decodes the percent encoding of a URL's path.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = path.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after
            .get(..2)
            .and_then(|digits| str::from_utf8(digits).ok());
        let code = code.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let (byte, after) = match code {
            Some(byte) if *first == b'%' => (byte, after.get(2..).unwrap_or_default()),
            _ => (*first, after),
        };
        bytes.push(byte);
        rest = after;
    }
    let path = String::from_utf8_lossy(&bytes).into_owned();
    // `file:///C:/app` has a slash before the drive.
    match path.strip_prefix('/') {
        Some(drive) if cfg!(windows) => drive.to_owned(),
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_that_is_given_has_to_fit() {
        let directory = Path::new("/home/ann/my app");
        for (spec, fits) in [
            ("app", true),
            ("ap", false),
            ("app@1.2.3", true),
            ("app:1.2.3", true),
            ("app@1.2", true),
            ("app@1", true),
            ("app@1.2.4", false),
            ("app@1.20", false),
            ("other@1.2.3", false),
            ("path+file:///home/ann/my%20app", true),
            ("file:///home/ann/my%20app#app@1.2.3", true),
            ("path+file:///home/ann/my%20app#1.2.3", true),
            ("path+file:///home/ann/my%20app#0.1.0", false),
            ("path+file:///home/ann#app", false),
        ] {
            let parsed = PackageSpec::parse(spec);
            assert_eq!(parsed.fits("app", Some("1.2.3"), directory), fits, "{spec}");
        }
        let spec = PackageSpec::parse("app@1.2.3");
        assert!(!spec.fits("app", Some("1.2.3-beta"), directory));
        assert!(spec.fits("app", None, directory));
    }
}
