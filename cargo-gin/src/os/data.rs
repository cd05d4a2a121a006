//! The directory of this user's data.

use std::path::PathBuf;

/// Returns the directory of this user's data: the one that mkcert uses as well.
pub(crate) fn data_directory(variable: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    if cfg!(windows) {
        return variable("LOCALAPPDATA").filter(|path| path.is_absolute());
    }
    // The specification ignores relative paths.
    let named = variable("XDG_DATA_HOME").filter(|path| path.is_absolute());
    let home = || variable("HOME").filter(|path| path.is_absolute());
    named.or_else(|| {
        Some(if cfg!(target_os = "macos") {
            home()?.join("Library/Application Support")
        } else {
            home()?.join(".local/share")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(all(unix, not(target_os = "macos")))]
    #[test]
    fn data_is_where_the_user_says() {
        for (named, home, expected) in [
            (Some("/data"), Some("/home/ann"), Some("/data")),
            (None, Some("/home/ann"), Some("/home/ann/.local/share")),
            (
                Some("data"),
                Some("/home/ann"),
                Some("/home/ann/.local/share"),
            ),
            (Some(""), Some(""), None),
            (None, None, None),
        ] {
            let variable = |name: &str| {
                let value = if name == "HOME" { home } else { named };
                value.map(PathBuf::from)
            };
            let found = data_directory(variable);
            assert_eq!(found, expected.map(PathBuf::from), "{named:?} {home:?}");
        }
    }
}
