//! Dep-info files, in which rustc and cargo write down the files that they have read.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

/// A dep-info file: rules of make, each with a file that was made and those that it was made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DepInfo {
    /// The file that the first rule makes.
    target: PathBuf,
    /// The files that all rules together read, as they are written.
    pub(crate) files: Vec<PathBuf>,
    /// The variables that were read, as rustc writes them: `NAME=value`, or `NAME` for one that was not set.
    variables: BTreeSet<String>,
    /// `true` if rustc has written checksums, by which a nightly cargo can compare files instead of times.
    pub(crate) has_checksums: bool,
}

impl DepInfo {
    /// Reads the file that cargo keeps beside a program. Returns `None` if there is none, or none that is whole.
    ///
    /// Each run of cargo cuts the file off and writes it again, even if there is nothing to compile, and the user or an editor may run
    /// one at any time. So this waits for the end of the text, but not for ever: a cargo that is killed leaves it out.
    pub(crate) fn of_program(executable: &Path) -> Option<DepInfo> {
        const ATTEMPTS: usize = 500;
        /// A second in all. Cargo needs less than a millisecond, if the machine lets it run.
        const PACE: Duration = Duration::from_millis(2);
        let path = executable.with_extension("d");
        for _ in 0..ATTEMPTS {
            let text = fs::read_to_string(&path).ok()?;
            if text.ends_with('\n') {
                return Some(DepInfo::parse(&text));
            }
            sleep(PACE);
        }
        None
    }

    /// Parses rules `target: file file…`. A space in a name is `\ `, and a line that ends with a backslash continues.
    pub(crate) fn parse(text: &str) -> DepInfo {
        let mut dep_info = DepInfo::default();
        for comment in text.lines().filter_map(|line| line.strip_prefix("# ")) {
            match comment.split_once(':') {
                Some(("env-dep", variable)) => {
                    dep_info.variables.insert(variable.to_owned());
                }
                Some(("checksum", _)) => dep_info.has_checksums = true,
                _ => {}
            }
        }
        let text = text.replace("\\\r\n", " ").replace("\\\n", " ");
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (target, files) = match line.split_once(": ") {
                Some(rule) => rule,
                None => (line.strip_suffix(':').unwrap_or(line), ""),
            };
            if dep_info.target.as_os_str().is_empty() {
                dep_info.target = target.replace("\\ ", " ").into();
            }
            dep_info.files.extend(names(files));
        }
        dep_info.files.sort();
        dep_info.files.dedup();
        dep_info
    }

    /// Returns `true` if rustc wrote it for a crate, not cargo for a binary with all its crates. Rustc lists the file itself first.
    pub(super) fn is_of_rustc(&self) -> bool {
        self.target.extension().is_some_and(|name| name == "d")
    }

    /// Returns the directory that names are relative to, if the name of `target` reveals it.
    pub(super) fn base<'a>(&self, target: &'a Path) -> Option<&'a Path> {
        let is_relative = self.target.is_relative() && self.target.components().next().is_some();
        if !is_relative || !target.ends_with(&self.target) {
            return None;
        }
        target.ancestors().nth(self.target.components().count())
    }
}

/// Splits names at spaces. A space in a name is `\ `, and any other backslash stands for itself.
fn names(text: &str) -> impl Iterator<Item = PathBuf> {
    let mut names = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_escape = c == '\\' && chars.peek() == Some(&' ');
        match (c, names.last_mut()) {
            (' ', _) => names.push(String::new()),
            (c, Some(name)) => name.push(if is_escape {
                chars.next().unwrap_or(c)
            } else {
                c
            }),
            (_, None) => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names.into_iter().map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::thread;

    use super::*;

    #[test]
    fn a_file_that_is_being_written_is_read_once_it_is_whole() {
        let directory = tempfile::tempdir().unwrap();
        let program = directory.path().join("app");
        assert_eq!(DepInfo::of_program(&program), None);
        let mut file = fs::File::create(program.with_extension("d")).unwrap();
        write!(file, "{}: /a.rs /b", program.display()).unwrap();
        assert_eq!(DepInfo::of_program(&program), None);
        let reader = thread::spawn(move || DepInfo::of_program(&program));
        file.write_all(b".rs\n").unwrap();
        let files = reader.join().unwrap().unwrap().files;
        assert_eq!(files, ["/a.rs", "/b.rs"].map(PathBuf::from));
    }

    #[test]
    fn files_are_read_from_every_rule() {
        for (text, files) in [
            ("/t/app: /b.rs /a.rs\n", vec!["/a.rs", "/b.rs"]),
            ("/t/app:\n", vec![]),
            ("", vec![]),
            ("/t/app: /my\\ page.html\n", vec!["/my page.html"]),
            ("/a:\\ b/app: /a.rs\n", vec!["/a.rs"]),
            ("C:\\t\\app.exe: C:\\src\\lib.rs", vec!["C:\\src\\lib.rs"]),
            (
                "/t/app: /a.rs \\\n  /b.rs \\\r\n  /c.rs\n",
                vec!["/a.rs", "/b.rs", "/c.rs"],
            ),
            (
                "/t/a.d: src/a.rs src/b.rs\n\n/t/a: src/a.rs src/b.rs\n\nsrc/a.rs:\nsrc/b.rs:\n\n# env-dep:X=/c.rs: /d.rs\n",
                vec!["src/a.rs", "src/b.rs"],
            ),
        ] {
            let files: Vec<_> = files.into_iter().map(PathBuf::from).collect();
            assert_eq!(DepInfo::parse(text).files, files, "{text}");
        }
    }

    #[test]
    fn variables_and_checksums_are_in_comments() {
        let text = "/t/a.d: src/a.rs\n\n# env-dep:X=/c.rs: /d.rs\n# env-dep:Y\n";
        let dep_info = DepInfo::parse(text);
        let variables = ["X=/c.rs: /d.rs", "Y"].map(str::to_owned);
        assert_eq!(dep_info.variables, variables.into());
        assert!(!dep_info.has_checksums);
        let dep_info = DepInfo::parse(&format!("{text}# checksum:blake3=00 file_len:1 src/a.rs\n"));
        assert!(dep_info.has_checksums);
    }

    #[test]
    fn the_base_directory_shows_in_the_name_of_the_target() {
        let target = Path::new("/x/my app/target/debug/app");
        for (name, base) in [
            ("target/debug/app", Some("/x/my app")),
            ("my\\ app/target/debug/app", Some("/x")),
            ("/x/my\\ app/target/debug/app", None),
            ("elsewhere/app", None),
            ("", None),
        ] {
            let dep_info = DepInfo::parse(&format!("{name}: src/main.rs\n"));
            assert_eq!(dep_info.base(target), base.map(Path::new), "{name}");
        }
    }
}
