//! Operations on single files.

use std::fs;
use std::path::PathBuf;

use crate::files;
use crate::project::{BROKEN, Project};
use crate::random::Random;
use crate::slots::{SLOTS, Slot};

/// Writes a new word in place.
pub(crate) fn write(project: &mut Project, slot: &Slot) -> PathBuf {
    let (path, text) = (project.file(slot), project.text(slot));
    files::write(&path, &text);
    path
}

/// Writes a new word by renaming, as careful editors do.
pub(crate) fn save(project: &mut Project, slot: &Slot) -> PathBuf {
    let (path, text) = (project.file(slot), project.text(slot));
    files::save(&path, &text);
    path
}

/// Deletes the file and makes it again.
pub(crate) fn remake(project: &mut Project, slot: &Slot) -> Option<PathBuf> {
    fs::remove_file(project.file(slot)).ok()?;
    Some(write(project, slot))
}

/// Adds a comment, which does not change the response.
pub(crate) fn comment(project: &mut Project, slot: &Slot) -> Option<PathBuf> {
    let path = project.file(slot);
    let text = fs::read_to_string(&path).ok()?;
    let mark = match path.extension()?.to_str()? {
        "rs" => "//",
        "toml" => "#",
        _ => return None,
    };
    files::write(&path, &format!("{text}{mark} A comment.\n"));
    Some(path)
}

/// Gives the file the time of now.
pub(crate) fn touch(project: &mut Project, slot: &Slot) -> Option<PathBuf> {
    let path = project.file(slot);
    path.is_file().then(|| files::touch(&path))?;
    Some(path)
}

/// Writes a new word, and restores the time of the file.
pub(crate) fn write_with_old_time(project: &mut Project, slot: &Slot) -> Option<PathBuf> {
    let path = project.file(slot);
    let text = path.is_file().then(|| project.text(slot))?;
    files::write_with_old_time(&path, &text);
    Some(path)
}

/// Writes many files, some of them several times.
pub(crate) fn burst(project: &mut Project, random: &mut Random) -> PathBuf {
    for _ in 0..10 + random.below(30) {
        let slot = random.pick(&SLOTS);
        if random.chance(50) {
            write(project, slot);
        } else {
            save(project, slot);
        }
    }
    write(project, random.pick(&SLOTS))
}

/// Writes a text that fails the build.
pub(crate) fn break_code(project: &mut Project, slot: &Slot) -> Option<PathBuf> {
    let text = slot.can_break().then(|| project.text(slot))?;
    let path = project.file(slot);
    files::write(&path, &format!("{text}\n{BROKEN}\n"));
    Some(path)
}

/// Writes a file that fails the build, or the module that is in two places.
pub(crate) fn mend(project: &mut Project, slot: &Slot) -> PathBuf {
    let first = project.path(slot.path);
    if project.file(slot) != first && files::exists(&first) {
        fs::remove_file(&first).expect("the file can be deleted");
    }
    write(project, slot)
}

/// Adds a file to a declared directory, or writes one that is there.
pub(crate) fn add(project: &mut Project, random: &mut Random, directory: &str) -> PathBuf {
    let name = random.pick(&["a", "b", "c", "deep/a", "deep/b", "deep/down/a"]);
    let path = project.path(&format!("{directory}/{name}"));
    files::write(&path, &project.word());
    path
}

/// Deletes a file of a declared directory.
pub(crate) fn delete(
    project: &mut Project,
    random: &mut Random,
    directory: &str,
) -> Option<PathBuf> {
    let path = one_of(project, random, directory)?;
    fs::remove_file(&path).expect("the file can be deleted");
    Some(path)
}

/// Renames a file of a declared directory.
pub(crate) fn rename(
    project: &mut Project,
    random: &mut Random,
    directory: &str,
) -> Option<PathBuf> {
    let from = one_of(project, random, directory)?;
    let to = from.with_file_name(random.pick(&["x", "y", "z"]));
    files::rename(&from, &to);
    Some(to)
}

fn one_of(project: &Project, random: &mut Random, directory: &str) -> Option<PathBuf> {
    let files = files::list(&project.path(directory));
    (!files.is_empty()).then(|| random.pick(&files).clone())
}
