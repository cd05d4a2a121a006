//! The files of templates: a directory, or texts that the program contains.

use std::collections::{BTreeMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::{env, fs, io};

/// The source of templates.
#[derive(Debug)]
pub(super) enum Source {
    Directory(Directory),
    /// Texts by name.
    Memory {
        texts: BTreeMap<String, String>,
        /// The directory that the texts come from, as messages show it.
        shown: String,
    },
}

/// A directory of templates.
#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
    /// The path as it was written.
    shown: String,
}

impl Source {
    /// Finds the directory that the app calls `written`. Returns the places that were looked at if it is at none of them.
    pub(super) fn find(written: &str) -> Result<Source, Vec<PathBuf>> {
        let places = places(written);
        let found = places.iter().find(|place| place.is_dir()).cloned();
        match found {
            Some(path) => Ok(Source::directory(path, written)),
            None => Err(places),
        }
    }

    /// Takes a directory whose place is known.
    pub(super) fn directory(path: PathBuf, written: &str) -> Source {
        Source::Directory(Directory {
            path,
            shown: written.trim_end_matches('/').to_owned(),
        })
    }

    /// Returns the text of a template, or `None` if there is not one of that name.
    pub(super) fn load(&self, name: &str) -> Result<Option<String>, String> {
        match self {
            Source::Memory { texts, .. } => Ok(texts.get(name).cloned()),
            Source::Directory(directory) => match directory.file(name) {
                Some(file) => read(&file),
                None => Ok(None),
            },
        }
    }

    /// Returns the names of all templates in order.
    pub(super) fn names(&self) -> io::Result<Vec<String>> {
        match self {
            Source::Memory { texts, .. } => Ok(texts.keys().cloned().collect()),
            Source::Directory(directory) => {
                let mut names = Vec::new();
                list(&directory.path, "", &mut HashSet::new(), &mut names)?;
                names.sort();
                Ok(names)
            }
        }
    }

    /// Returns `true` if a template has this word.
    #[cfg(feature = "sessions")]
    pub(super) fn mentions(&self, word: &str) -> bool {
        let names = self.names().unwrap_or_default();
        let mut texts = names.iter().filter_map(|name| self.load(name).ok()?);
        texts.any(|text| text.contains(word))
    }

    /// Returns the path of a template, as messages show it.
    pub(super) fn shown(&self, name: &str) -> String {
        let directory = match self {
            Source::Memory { shown, .. } => shown,
            Source::Directory(directory) => &directory.shown,
        };
        match directory.as_str() {
            "" => name.to_owned(),
            directory => format!("{directory}/{name}"),
        }
    }

    /// Returns the file of a template, if it is one.
    pub(super) fn file(&self, name: &str) -> Option<PathBuf> {
        match self {
            Source::Memory { .. } => None,
            Source::Directory(directory) => directory.file(name).filter(|file| file.is_file()),
        }
    }

    /// Reads all templates, so that none is read from the disk later. Those that cannot be read are left out.
    pub(super) fn into_memory(self) -> Source {
        let Source::Directory(directory) = &self else {
            return self;
        };
        let names = self.names().unwrap_or_default().into_iter();
        let texts = names.filter_map(|name| Some((self.load(&name).ok()??, name)));
        Source::Memory {
            texts: texts.map(|(text, name)| (name, text)).collect(),
            shown: directory.shown.clone(),
        }
    }
}

impl Directory {
    /// Returns the path of the file that `name` stands for, which is never outside the directory. Hidden files are not templates.
    fn file(&self, name: &str) -> Option<PathBuf> {
        let is_safe = |part: &str| {
            let mut components = Path::new(part).components();
            let is_plain = matches!(components.next(), Some(Component::Normal(_)));
            let is_one = components.next().is_none();
            is_plain && is_one && is_visible(part) && !part.contains(['\\', ':', '\0'])
        };
        let mut parts = name.split('/');
        parts
            .all(is_safe)
            .then(|| self.path.join(name.split('/').collect::<PathBuf>()))
    }
}

/// Returns the places at which a directory of templates may be, the likeliest first.
fn places(written: &str) -> Vec<PathBuf> {
    let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let working = env::current_dir().ok();
    let program = env::current_exe().ok();
    let program = program.and_then(|program| program.parent().map(Path::to_owned));
    let mut places = Vec::new();
    for directory in [package, working, program].into_iter().flatten() {
        // An absolute path replaces the directory that it is joined to.
        let place = directory.join(written);
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

/// Returns `false` for hidden files and for the copies that editors leave.
fn is_visible(name: &str) -> bool {
    !name.starts_with('.') && !name.ends_with('~')
}

fn read(file: &Path) -> Result<Option<String>, String> {
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(format!("cannot be read: {error}")),
    };
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let before = &error.as_bytes()[..at];
            let line = before.split(|byte| *byte == b'\n').count();
            Err(format!(
                "is not UTF-8 (line {line}, byte {at} of the file); a file that is not a template belongs in another directory"
            ))
        }
    }
}

/// Returns `true` if there is no file, or a directory in its place.
fn is_absent(error: &io::Error) -> bool {
    use io::ErrorKind::{IsADirectory, NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory | IsADirectory)
}

/// Adds the names of all files in `directory`. `seen` ends the circles that links may form.
fn list(
    directory: &Path,
    prefix: &str,
    seen: &mut HashSet<PathBuf>,
    names: &mut Vec<String>,
) -> io::Result<()> {
    if !seen.insert(directory.canonicalize()?) {
        return Ok(());
    }
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let file_name = entry.file_name();
        let Some(own) = file_name.to_str().filter(|own| is_visible(own)) else {
            continue;
        };
        let name = format!("{prefix}{own}");
        let path = entry.path();
        if path.is_dir() {
            list(&path, &format!("{name}/"), seen, names)?;
        } else if path.is_file() {
            names.push(name);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_leaves_the_directory() {
        let directory = Directory {
            path: PathBuf::from("/templates"),
            shown: "templates".to_owned(),
        };
        let file = |name| directory.file(name);
        assert_eq!(
            file("users/show.html"),
            Some(PathBuf::from("/templates/users/show.html"))
        );
        for name in [
            "",
            "/etc/passwd",
            "..",
            "../secret",
            "a/../../secret",
            "a/..",
            "./a",
            "a//b",
            "a/",
            ".env",
            "a/.git/config",
            "..\\secret",
            "a\\..\\..\\secret",
            "C:/secret",
            "a:stream",
            "a\0b",
            "a~",
        ] {
            assert_eq!(file(name), None, "{name:?}");
        }
    }
}
