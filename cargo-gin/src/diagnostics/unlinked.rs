//! A failed link in one sentence: the libraries and symbols that the linker does not find.

use crate::diagnostics::undefined::undefined;

/// The most names in a sentence.
const NAMED: usize = 3;

/// The development packages of libraries that crates often link: the library, and its package on Debian and on Fedora.
const PACKAGES: [(&str, &str, &str); 14] = [
    ("asound", "libasound2-dev", "alsa-lib-devel"),
    ("bz2", "libbz2-dev", "bzip2-devel"),
    ("crypto", "libssl-dev", "openssl-devel"),
    ("curl", "libcurl4-openssl-dev", "libcurl-devel"),
    ("dbus-1", "libdbus-1-dev", "dbus-devel"),
    ("ffi", "libffi-dev", "libffi-devel"),
    ("git2", "libgit2-dev", "libgit2-devel"),
    (
        "mysqlclient",
        "default-libmysqlclient-dev",
        "mariadb-connector-c-devel",
    ),
    ("pq", "libpq-dev", "libpq-devel"),
    ("sqlite3", "libsqlite3-dev", "sqlite-devel"),
    ("ssl", "libssl-dev", "openssl-devel"),
    ("udev", "libudev-dev", "systemd-devel"),
    ("xml2", "libxml2-dev", "libxml2-devel"),
    ("z", "zlib1g-dev", "zlib-devel"),
];

/// Returns what the linker does not find, in one sentence: "library `ssl` was not found: install `libssl-dev` or `openssl-devel`", or
/// "`connect` is not defined". Returns `None` if it failed for another reason.
pub(crate) fn sentence(output: &str) -> Option<String> {
    let libraries = libraries(output);
    if let [library] = libraries.as_slice() {
        let known = PACKAGES.iter().find(|(name, ..)| name == library);
        let install =
            known.map(|(_, debian, fedora)| format!(": install `{debian}` or `{fedora}`"));
        let install = install.unwrap_or_default();
        return Some(format!("library `{library}` was not found{install}"));
    }
    if !libraries.is_empty() {
        return Some(format!(
            "{} libraries were not found: {}",
            libraries.len(),
            listed(&libraries)
        ));
    }
    let undefined = undefined(output);
    let symbols: Vec<_> = undefined
        .iter()
        .map(|undefined| undefined.symbol.as_str())
        .collect();
    match symbols.as_slice() {
        [] => None,
        [symbol] => Some(format!("`{symbol}` is not defined")),
        several => Some(format!(
            "{} symbols are not defined: {}",
            several.len(),
            listed(several)
        )),
    }
}

/// Reads the libraries that lld, mold, GNU ld or Apple's ld do not find, each once.
fn libraries(output: &str) -> Vec<&str> {
    const STARTS: [&str; 5] = [
        "cannot find -l",
        "unable to find library -l",
        "library not found: ",
        "library not found for -l",
        "ld: library '",
    ];
    let mut found = Vec::new();
    for line in output.lines() {
        let after = STARTS.iter().find_map(|start| line.split_once(start));
        let Some((_, after)) = after else { continue };
        let ends = |c: char| c.is_whitespace() || matches!(c, ':' | '\'' | '`');
        let name = after.split(ends).next().unwrap_or_default();
        if !name.is_empty() && !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

/// Returns the first names in backticks, and the number of the others.
fn listed(names: &[&str]) -> String {
    let first: Vec<_> = names
        .iter()
        .take(NAMED)
        .map(|name| format!("`{name}`"))
        .collect();
    match names.len() - first.len() {
        0 => first.join(", "),
        others => format!("{} and {others} more", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_link_is_one_sentence() {
        for (output, expected) in [
            (
                "/usr/bin/ld: cannot find -lssl: No such file or directory\n/usr/bin/ld: cannot find -lssl: No such file or directory\n\
                 collect2: error: ld returned 1 exit status",
                Some("library `ssl` was not found: install `libssl-dev` or `openssl-devel`"),
            ),
            (
                "rust-lld: error: unable to find library -lgin-none\ncollect2: error: ld returned 1 exit status",
                Some("library `gin-none` was not found"),
            ),
            (
                "mold: fatal: library not found: pq",
                Some("library `pq` was not found: install `libpq-dev` or `libpq-devel`"),
            ),
            (
                "ld: library not found for -lz\nclang: error: linker command failed",
                Some("library `z` was not found: install `zlib1g-dev` or `zlib-devel`"),
            ),
            (
                "ld: library 'own' not found",
                Some("library `own` was not found"),
            ),
            (
                "ld: cannot find -la\nld: cannot find -lb\nmain.rs:1: undefined reference to `c'",
                Some("2 libraries were not found: `a`, `b`"),
            ),
            (
                "rust-lld: error: undefined symbol: connect\n>>> referenced by main.rs:4 (src/main.rs:4)",
                Some("`connect` is not defined"),
            ),
            (
                "m.o: undefined reference to `a'\nm.o: undefined reference to `b'\nm.o: undefined reference to `c'\n\
                 m.o: undefined reference to `d'",
                Some("4 symbols are not defined: `a`, `b`, `c` and 1 more"),
            ),
            (
                "collect2: fatal error: ld terminated with signal 7 [Bus error]",
                None,
            ),
        ] {
            assert_eq!(sentence(output).as_deref(), expected, "{output}");
        }
    }
}
