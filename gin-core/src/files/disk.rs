//! Directories on disk: files are opened without leaving them.

use std::fs::{File, Metadata};
use std::io::{self, ErrorKind};
use std::path::Path;

/// An open directory. It is opened for each request, so that one that was replaced is noticed.
#[derive(Debug)]
pub(super) struct Root(platform::Root);

/// An entry of a directory that was opened.
#[derive(Debug)]
pub(super) enum Opened {
    File(File, Metadata),
    Directory,
}

impl Root {
    pub(super) fn open(path: &Path) -> io::Result<Root> {
        platform::Root::open(path).map(Root)
    }

    /// Opens the entry at `below`. Returns `None` if there is none, if a symlink on the way leaves the root, or if it is neither a
    /// file nor a directory.
    pub(super) fn entry(&self, below: &Path) -> io::Result<Option<Opened>> {
        let file = match self.0.entry(below) {
            Ok(file) => file,
            Err(error) if is_absence(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        let metadata = file.metadata()?;
        Ok(match metadata.file_type() {
            kind if kind.is_file() => Some(Opened::File(file, metadata)),
            kind if kind.is_dir() => Some(Opened::Directory),
            // A device, a pipe or a socket.
            _ => None,
        })
    }

    /// Returns the names in the directory at `below`, those of directories with a slash at the end.
    pub(super) fn names(&self, below: &Path) -> io::Result<Vec<String>> {
        self.0.names(below)
    }
}

/// Opens a file at a path that the app itself chose, which may lead through symlinks to anywhere.
pub(super) fn open_file(path: &Path) -> io::Result<(File, Metadata)> {
    let file = platform::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_file() {
        return Ok((file, metadata));
    }
    let kind = if metadata.is_dir() {
        ErrorKind::IsADirectory
    } else {
        ErrorKind::NotFound
    };
    Err(io::Error::new(kind, "it is not a regular file"))
}

/// Returns `true` if `error` means that no file is there for the client.
pub(super) fn is_absence(error: &io::Error) -> bool {
    let is_of_kind = matches!(
        error.kind(),
        ErrorKind::NotFound
            | ErrorKind::NotADirectory
            | ErrorKind::IsADirectory
            | ErrorKind::InvalidFilename
            | ErrorKind::InvalidInput
            | ErrorKind::CrossesDevices
    );
    is_of_kind || platform::is_absence(error)
}

#[cfg(unix)]
mod platform {
    use std::fs::{self, File};
    use std::io;
    use std::os::fd::OwnedFd;
    use std::os::unix::fs::OpenOptionsExt;
    use std::path::{Component, Path, PathBuf};

    use nix::dir::{Dir, Type};
    use nix::errno::Errno;
    use nix::fcntl::{OFlag, open as open_at_path, openat};
    use nix::sys::stat::Mode;

    /// A pipe without a writer would block the thread that opens it, and a terminal would become the process's own.
    const READ: OFlag = OFlag::O_RDONLY
        .union(OFlag::O_CLOEXEC)
        .union(OFlag::O_NONBLOCK)
        .union(OFlag::O_NOCTTY);

    #[derive(Debug)]
    pub(super) struct Root {
        path: PathBuf,
        directory: OwnedFd,
    }

    impl Root {
        pub(super) fn open(path: &Path) -> io::Result<Root> {
            #[cfg(target_os = "linux")]
            let access = OFlag::O_PATH;
            #[cfg(not(target_os = "linux"))]
            let access = OFlag::O_RDONLY;
            let flags = access | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
            Ok(Root {
                path: path.to_owned(),
                directory: open_at_path(path, flags, Mode::empty())?,
            })
        }

        pub(super) fn entry(&self, below: &Path) -> io::Result<File> {
            let below = if below.as_os_str().is_empty() {
                Path::new(".")
            } else {
                below
            };
            #[cfg(target_os = "linux")]
            if let Some(entry) = self.beneath(below) {
                return entry;
            }
            self.walk(below)
        }

        /// Lets the kernel see to it that no symlink leaves the root. Returns `None` if it is older than Linux 5.6, or if a sandbox
        /// forbids the call.
        #[cfg(target_os = "linux")]
        fn beneath(&self, below: &Path) -> Option<io::Result<File>> {
            use nix::fcntl::{OpenHow, ResolveFlag, openat2};

            let resolve = ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_MAGICLINKS;
            let how = OpenHow::new().flags(READ).resolve(resolve);
            // The kernel gives up if a directory moves in the meantime.
            for _ in 0..8 {
                match openat2(&self.directory, below, how) {
                    Err(Errno::EAGAIN) => {}
                    Err(Errno::ENOSYS | Errno::EPERM) => return None,
                    result => return Some(result.map(File::from).map_err(io::Error::from)),
                }
            }
            Some(Err(Errno::ENOENT.into()))
        }

        /// Resolves the symlinks first, and then opens one name after the other without following any.
        pub(super) fn walk(&self, below: &Path) -> io::Result<File> {
            let root = fs::canonicalize(&self.path)?;
            let target = fs::canonicalize(root.join(below))?;
            let Ok(below) = target.strip_prefix(&root) else {
                return Err(Errno::ENOENT.into());
            };
            let step = OFlag::O_RDONLY | OFlag::O_CLOEXEC | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW;
            let mut directory = openat(&self.directory, ".", step, Mode::empty())?;
            let mut names = below.components().peekable();
            while let Some(Component::Normal(name)) = names.next() {
                let is_last = names.peek().is_none();
                let flags = if is_last {
                    READ | OFlag::O_NOFOLLOW
                } else {
                    step
                };
                directory = openat(&directory, name, flags, Mode::empty())?;
            }
            Ok(File::from(directory))
        }

        pub(super) fn names(&self, below: &Path) -> io::Result<Vec<String>> {
            let mut directory = Dir::from_fd(self.entry(below)?.into())?;
            let entries = directory.iter().filter_map(|entry| {
                let entry = entry.ok()?;
                let mut name = entry.file_name().to_str().ok()?.to_owned();
                if entry.file_type() == Some(Type::Directory) {
                    name.push('/');
                }
                Some(name)
            });
            Ok(entries.collect())
        }
    }

    pub(super) fn open(path: &Path) -> io::Result<File> {
        let mut options = File::options();
        let flags = OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
        options.read(true).custom_flags(flags.bits()).open(path)
    }

    /// Returns `true` for symlinks that lead out of the root or in a circle, sockets, and devices without a driver.
    pub(super) fn is_absence(error: &io::Error) -> bool {
        let absences = [
            Errno::EXDEV,
            Errno::ELOOP,
            Errno::ENXIO,
            Errno::ENODEV,
            Errno::EOPNOTSUPP,
        ];
        let code = error.raw_os_error().map(Errno::from_raw);
        code.is_some_and(|code| absences.contains(&code))
    }

    #[cfg(test)]
    mod tests {
        use std::fs;
        use std::io::Read;
        use std::os::unix::fs::symlink;
        use std::path::Path;

        use super::Root;

        /// The way of old kernels and of other systems has the rules of `openat2`.
        #[test]
        fn a_walk_follows_symlinks_inside_the_root_only() {
            let directory = tempfile::tempdir().expect("a directory");
            let root = directory.path().join("root");
            fs::create_dir_all(root.join("a/b")).expect("directories");
            fs::write(root.join("a/b/file"), "inside").expect("a file");
            fs::write(directory.path().join("secret"), "outside").expect("a file");
            for (target, link) in [
                ("a/b", "inside"),
                ("../secret", "outside"),
                ("..", "up"),
                ("loop", "loop"),
            ] {
                symlink(target, root.join(link)).expect("a link");
            }
            let root = Root::open(&root).expect("the root");
            for (path, is_found) in [
                ("a/b/file", true),
                ("inside/file", true),
                ("outside", false),
                ("up/secret", false),
                ("loop", false),
                ("none", false),
            ] {
                let walked = root.walk(Path::new(path));
                assert_eq!(walked.is_ok(), is_found, "{path} {walked:?}");
                let entry = root.entry(Path::new(path));
                assert_eq!(entry.is_ok(), is_found, "{path} {entry:?}");
                if let Ok(mut file) = walked {
                    let mut text = String::new();
                    file.read_to_string(&mut text).expect("a file");
                    assert_eq!(text, "inside");
                }
            }
        }
    }
}

#[cfg(not(unix))]
mod platform {
    use std::fs::{self, File};
    use std::io::{self, ErrorKind};
    use std::path::{Path, PathBuf};

    #[derive(Debug)]
    pub(super) struct Root(PathBuf);

    impl Root {
        pub(super) fn open(path: &Path) -> io::Result<Root> {
            fs::canonicalize(path).map(Root)
        }

        pub(super) fn entry(&self, below: &Path) -> io::Result<File> {
            File::open(self.inside(below)?)
        }

        fn inside(&self, below: &Path) -> io::Result<PathBuf> {
            let target = fs::canonicalize(self.0.join(below))?;
            if target.starts_with(&self.0) {
                Ok(target)
            } else {
                Err(ErrorKind::NotFound.into())
            }
        }

        pub(super) fn names(&self, below: &Path) -> io::Result<Vec<String>> {
            let entries = fs::read_dir(self.inside(below)?)?.filter_map(|entry| {
                let entry = entry.ok()?;
                let mut name = entry.file_name().into_string().ok()?;
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    name.push('/');
                }
                Some(name)
            });
            Ok(entries.collect())
        }
    }

    pub(super) fn open(path: &Path) -> io::Result<File> {
        File::open(path)
    }

    pub(super) fn is_absence(_: &io::Error) -> bool {
        false
    }
}
