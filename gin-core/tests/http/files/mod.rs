//! Files: directories, single-page apps, and files as responses.

mod apps;
mod conditions;
mod curl;
mod downloads;
mod embedded;
mod hostile;
mod large;
mod listings;
mod places;
mod ranges;
mod serving;

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use gin::files::Dir;
use tempfile::TempDir;

/// A directory `root` with files, and a secret beside it.
pub(crate) struct Site(TempDir);

impl Site {
    pub(crate) fn new(files: &[(&str, &str)]) -> Site {
        let site = Site(tempfile::tempdir().expect("there is room"));
        fs::create_dir(site.root()).expect("there is room");
        fs::write(site.0.path().join("secret"), "the secret").expect("there is room");
        for (name, text) in files {
            site.write(name, text);
        }
        site
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.0.path().join("root")
    }

    pub(crate) fn dir(&self) -> Dir {
        Dir::new(self.root())
    }

    /// Writes a file that is an hour old.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.root().join(name);
        let parent = path.parent().expect("it is in the root");
        fs::create_dir_all(parent).expect("there is room");
        fs::write(&path, text).expect("there is room");
        self.date(name, SystemTime::now() - Duration::from_secs(3600));
    }

    /// Sets the date of a file's last change.
    pub(crate) fn date(&self, name: &str, time: SystemTime) {
        let file = fs::File::options()
            .append(true)
            .open(self.root().join(name));
        let file = file.expect("it is there");
        file.set_modified(time).expect("it is ours");
    }
}

/// Returns the value of a header of a response.
pub(crate) fn header<'a>(response: &'a str, name: &str) -> Option<&'a str> {
    let (head, _) = response.split_once("\r\n\r\n")?;
    head.lines().find_map(|line| {
        let (own, value) = line.split_once(": ")?;
        own.eq_ignore_ascii_case(name).then_some(value)
    })
}

/// Returns the body of a response that ends with its connection.
pub(crate) fn body(response: &str) -> &str {
    response.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}
