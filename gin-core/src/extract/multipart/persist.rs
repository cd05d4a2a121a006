//! Places where uploads are kept.

use std::fs::DirBuilder;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use tempfile::Builder;

use crate::extract::multipart::file_name::split;
use crate::extract::multipart::storage::Storage;

/// The name of a file that the client gave none.
const UNNAMED: &str = "upload";

/// Gives the data a path that does not exist yet. The file appears under it at once and whole.
pub(super) fn place(storage: &Storage, path: &Path) -> io::Result<()> {
    let directory = directory_of(path);
    make(directory)?;
    place_in(storage, path, directory)
}

/// Gives the data a free name in `directory`: `name`, else `name` with a random suffix before its extension.
pub(super) fn place_beside(
    storage: &Storage,
    directory: &Path,
    name: Option<&str>,
) -> io::Result<PathBuf> {
    let name = name.unwrap_or(UNNAMED);
    make(directory)?;
    let path = directory.join(name);
    match place_in(storage, &path, directory) {
        Ok(()) => return Ok(path),
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        Err(_) => {}
    }
    let (stem, extension) = split(name);
    let prefix = format!("{stem}-");
    let mut builder = Builder::new();
    builder.prefix(&prefix).suffix(extension).rand_bytes(8);
    let placed = builder.make_in(directory, |path| place_in(storage, path, directory))?;
    placed.into_temp_path().keep().map_err(Into::into)
}

fn place_in(storage: &Storage, path: &Path, directory: &Path) -> io::Result<()> {
    match link(storage, path) {
        Ok(()) => return Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(error),
        // Another file system, or one without links.
        Err(_) => {}
    }
    if path.symlink_metadata().is_ok() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    let mut builder = Builder::new();
    builder.prefix(".upload-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut copy = builder.tempfile_in(directory)?;
    storage.copy_to(copy.as_file_mut())?;
    copy.persist_noclobber(path)
        .map(drop)
        .map_err(|error| error.error)
}

/// Names a temporary file that has no name, which only Linux can.
#[cfg(target_os = "linux")]
fn link(storage: &Storage, path: &Path) -> io::Result<()> {
    use std::os::fd::AsRawFd;

    use nix::fcntl::{AT_FDCWD, AtFlags};

    let Storage::File(file) = storage else {
        return Err(ErrorKind::Unsupported.into());
    };
    let own = format!("/proc/self/fd/{}", file.as_raw_fd());
    let follow = AtFlags::AT_SYMLINK_FOLLOW;
    nix::unistd::linkat(AT_FDCWD, own.as_str(), AT_FDCWD, path, follow)?;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn link(_: &Storage, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Creates a directory that is missing, closed to other users.
fn make(directory: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o750);
    builder.create(directory)
}
