//! Operations that move or delete files and whole directories.

use std::fs;
use std::path::{Path, PathBuf};

use crate::files;
use crate::project::Project;
use crate::random::Random;
use crate::slots::{Absence, DIRECTORIES, SLOTS};

/// Moves a file, a link or a directory away.
pub(crate) fn move_away(project: &mut Project, random: &mut Random) -> Option<PathBuf> {
    let place = if random.chance(30) {
        let directory: &&str = random.pick(&DIRECTORIES);
        project.path(directory)
    } else if random.chance(10) {
        project.path("../../ui/now")
    } else {
        let slot = random.pick(&SLOTS);
        let is_noticed = slot.absence != Absence::Unnoticed;
        is_noticed.then(|| project.file(slot))?
    };
    let now = files::exists(&place).then(|| project.attic())?;
    files::rename(&place, &now);
    project.away.push((place.clone(), now));
    Some(place)
}

/// Moves back what was moved away, unless something else is in its place.
pub(crate) fn move_back(project: &mut Project, random: &mut Random) -> Option<PathBuf> {
    let index = (!project.away.is_empty()).then(|| random.below(project.away.len()))?;
    let (place, now) = project.away.remove(index);
    if files::exists(&place) || !place.parent().is_some_and(Path::is_dir) {
        return None;
    }
    files::rename(&now, &place);
    Some(place)
}

/// Deletes a directory with all that is in it.
pub(crate) fn wipe(project: &mut Project, directory: &str) -> Option<PathBuf> {
    let directory = project.path(directory);
    files::exists(&directory).then(|| files::wipe(&directory))?;
    Some(directory)
}

/// Deletes a directory, and makes it and its files again.
pub(crate) fn wipe_and_remake(project: &mut Project, directory: &str) -> Option<PathBuf> {
    let directory = project.path(directory);
    let renewed = renewed(project, &directory)?;
    files::wipe(&directory);
    fill(&directory, &renewed);
    Some(directory)
}

/// Moves a directory away, and another one into its place.
pub(crate) fn replace(project: &mut Project, directory: &str) -> Option<PathBuf> {
    let directory = project.path(directory);
    let renewed = renewed(project, &directory)?;
    let (next, old) = (project.attic(), project.attic());
    fill(&next, &renewed);
    files::rename(&directory, &old);
    files::rename(&next, &directory);
    Some(directory)
}

/// Moves a module to the other place in which rustc finds it.
pub(crate) fn move_module(project: &mut Project) -> Option<PathBuf> {
    let [file, nested] = ["src/part.rs", "src/part/mod.rs"].map(|path| project.path(path));
    match (files::exists(&file), files::exists(&nested)) {
        (true, false) => files::rename(&file, &nested),
        (false, true) => {
            files::rename(&nested, &file);
            fs::remove_dir(project.path("src/part")).expect("the directory is empty");
        }
        _ => return None,
    }
    Some(file)
}

/// Returns the files in a directory with new words, relative to it.
pub(crate) fn renewed(project: &mut Project, directory: &Path) -> Option<Vec<(PathBuf, String)>> {
    let files = directory.is_dir().then(|| files::list(directory))?;
    let files = files.iter().map(|file| {
        let text = fs::read_to_string(file).expect("the file can be read");
        let name = file.strip_prefix(directory).expect("it is in there");
        (name.to_owned(), project.renew(&text))
    });
    Some(files.collect())
}

/// Writes files into a directory.
pub(crate) fn fill(directory: &Path, files: &[(PathBuf, String)]) {
    fs::create_dir_all(directory).expect("the directory can be made");
    for (name, text) in files {
        files::write(&directory.join(name), text);
    }
}
