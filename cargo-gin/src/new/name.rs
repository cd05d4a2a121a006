//! The name of the new package.

use std::path::Path;

use anyhow::{Context as _, bail};

use crate::cli::New;

/// Returns the name that `--name` sets, else that of the directory.
pub(super) fn name<'a>(new: &'a New, path: &'a Path) -> anyhow::Result<&'a str> {
    let directory = path.file_name().and_then(|name| name.to_str());
    let name = new.name.as_deref().or(directory).with_context(|| {
        format!(
            "{} has no name that a package can have; set one with --name",
            path.display()
        )
    })?;
    check(name)?;
    Ok(name)
}

/// Checks a package's name by cargo's rules.
fn check(name: &str) -> anyhow::Result<()> {
    const KEYWORDS: &str = "abstract as async await become box break const continue crate do dyn else enum extern false \
        final fn for gen if impl in let loop macro match mod move mut override priv pub ref return self static struct \
        super trait true try type typeof unsafe unsized use virtual where while yield test core std alloc proc_macro \
        build deps examples incremental";
    let wrong = match name {
        "" => Some("it is empty".to_owned()),
        "gin-core" | "gin-macros" | "gin-router" => {
            Some("the project depends on a package of this name".to_owned())
        }
        _ if KEYWORDS.split_ascii_whitespace().any(|word| word == name) => {
            Some("it is reserved by Rust or cargo".to_owned())
        }
        _ if name.starts_with(|c: char| c.is_ascii_digit()) => {
            Some("it starts with a digit".to_owned())
        }
        _ => name
            .chars()
            .find(|c| !(c.is_alphanumeric() || matches!(c, '-' | '_')))
            .map(|c| format!("it contains {c:?}")),
    };
    match wrong {
        Some(reason) => bail!(
            "`{name}` cannot be a package's name: {reason}; use letters, digits, `-` and `_`, or set another with --name"
        ),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn names_are_checked_as_cargo_does() {
        for name in ["blog", "my-app", "my_app2", "café"] {
            assert!(check(name).is_ok(), "{name}");
        }
        for name in ["", "2fast", "a b", "a/b", "fn", "test", "deps", "gin-core"] {
            assert!(check(name).is_err(), "{name}");
        }
    }
}
