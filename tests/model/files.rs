//! Operations on single files and directories, which follow links as an editor does.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

/// Returns the path of the file that `path` leads to, although that file may be absent.
pub(crate) fn resolve(path: &Path) -> PathBuf {
    let mut resolved = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => drop(resolved.pop()),
            component => resolved.push(component),
        }
        if let Ok(target) = fs::read_link(&resolved) {
            let directory = resolved.parent().expect("a link is in a directory");
            resolved = resolve(&directory.join(target));
        }
    }
    resolved
}

/// Writes a file in place. Missing directories are made.
pub(crate) fn write(path: &Path, text: &str) {
    let path = resolve(path);
    make_parent(&path);
    fs::write(path, text).expect("the file can be written");
}

/// Writes another file and renames it to `path`, which is no longer a link then.
pub(crate) fn save(path: &Path, text: &str) {
    let path = in_real_directory(path);
    let beside = path.with_extension("save~");
    fs::write(&beside, text).expect("the file can be written");
    fs::rename(beside, path).expect("the file can be moved");
}

/// Writes new text, and restores the time of the file.
pub(crate) fn write_with_old_time(path: &Path, text: &str) {
    let path = resolve(path);
    let before = fs::metadata(&path).and_then(|file| file.modified());
    write(&path, text);
    set_time(&path, before.expect("the file exists"));
}

/// Gives a file the time of now.
pub(crate) fn touch(path: &Path) {
    set_time(path, SystemTime::now());
}

fn set_time(path: &Path, time: SystemTime) {
    let file = File::options().write(true).open(path);
    let file = file.expect("the file can be opened");
    file.set_modified(time).expect("the time can be set");
}

/// Makes a link that leads to `target`, in place of the file or link that is there.
pub(crate) fn link(target: impl AsRef<Path>, path: &Path) {
    let path = in_real_directory(path);
    let beside = path.with_extension("link~");
    symlink(target, &beside).expect("the link can be made");
    fs::rename(beside, path).expect("the link can be moved");
}

/// Makes another name of the file `other`, in place of the file that is there.
pub(crate) fn hard_link(other: &Path, path: &Path) {
    let path = in_real_directory(path);
    if exists(&path) {
        fs::remove_file(&path).expect("the file can be deleted");
    }
    fs::hard_link(other, path).expect("the link can be made");
}

/// Moves a file, a link or a directory.
pub(crate) fn rename(from: &Path, to: &Path) {
    make_parent(to);
    fs::rename(from, to).expect("it can be moved");
}

/// Deletes a directory with all that is in it, or the link in its place.
pub(crate) fn wipe(directory: &Path) {
    fs::remove_dir_all(directory).expect("the directory can be deleted");
}

/// Returns `true` if there is a file, a directory or a link, even one that leads nowhere.
pub(crate) fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Returns all files in a directory, sorted as the build script of the app reads them.
pub(crate) fn list(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten();
    let mut paths: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.sort();
    let files = paths.into_iter().flat_map(|path| {
        if path.is_dir() {
            list(&path)
        } else {
            vec![path]
        }
    });
    files.collect()
}

fn in_real_directory(path: &Path) -> PathBuf {
    let (parent, name) = (path.parent(), path.file_name());
    let directory = resolve(parent.expect("it is in a directory"));
    let path = directory.join(name.expect("it has a name"));
    make_parent(&path);
    path
}

fn make_parent(path: &Path) {
    let directory = path.parent().expect("it is in a directory");
    fs::create_dir_all(directory).expect("the directory can be made");
}
