//! Operations on links, and on files with several names.

use std::fs;
use std::path::PathBuf;

use crate::project::Project;
use crate::random::Random;
use crate::{files, moves};

/// Moves a directory beside its place, and makes a link to it there.
pub(crate) fn replace_by_link(project: &mut Project, directory: &str) -> Option<PathBuf> {
    let directory = project.path(directory);
    // A configuration includes files relative to its real directory.
    if directory.is_symlink() || directory.ends_with(".cargo") {
        return None;
    }
    let renewed = moves::renewed(project, &directory)?;
    let attic = project.attic();
    files::rename(&directory, &attic);
    moves::fill(&attic, &renewed);
    files::link(&attic, &directory);
    Some(directory)
}

/// Swaps the link in the middle of a path.
pub(crate) fn swap_directory(project: &mut Project) -> PathBuf {
    let path = project.path("../../ui/now");
    let target = fs::read_link(&path).unwrap_or_default();
    let next = if target.ends_with("one") {
        "two"
    } else {
        "one"
    };
    let page = project.path(&format!("../../ui/{next}/page.html"));
    files::write(&page, &project.word());
    if path.is_dir() && !path.is_symlink() {
        files::wipe(&path);
    }
    files::link(next, &path);
    path
}

/// Swaps a link to a file, or makes one in place of the file.
pub(crate) fn swap_file(project: &mut Project, random: &mut Random) -> PathBuf {
    let (path, directory, template) = *random.pick(&[
        ("src/linked.html", "../../../texts", "@"),
        (".env", "../../secrets", "WORD=@\n"),
    ]);
    let path = project.path(path);
    let target = fs::read_link(&path).unwrap_or_default();
    let next = if target.ends_with("first") {
        "second"
    } else {
        "first"
    };
    let target = format!("{directory}/{next}");
    let text = template.replace('@', &project.word());
    let parent = path.parent().expect("it is in a directory");
    files::write(&parent.join(&target), &text);
    files::link(target, &path);
    path
}

/// Writes a file under another name than the one that the build reads.
pub(crate) fn other_name(project: &mut Project, random: &mut Random) -> Option<PathBuf> {
    let path = *random.pick(&[
        "../../ui/other.html",
        "../../ui/other.html",
        "../../ui/now/page.html",
        "../../ui/dist/index.html",
        "src/linked.html",
        ".env",
    ]);
    let path = files::resolve(&project.path(path));
    let text = fs::read_to_string(&path).ok()?;
    let text = project.renew(&text);
    if random.chance(70) {
        files::write(&path, &text);
    } else {
        files::save(&path, &text);
    }
    Some(path)
}

/// Gives the page with two names a new file under both.
pub(crate) fn link_again(project: &mut Project) -> PathBuf {
    let [page, other] =
        ["../../ui/hard.html", "../../ui/other.html"].map(|path| project.path(path));
    let word = project.word();
    files::save(&other, &word);
    files::hard_link(&other, &page);
    page
}
