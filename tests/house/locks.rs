//! Lock files: those of the other workspaces are up to date, so that `--locked` accepts them.

use crate::metadata;

/// The directories of the other workspaces with crates of ours.
const WORKSPACES: [&str; 4] = ["examples", "examples/bookmarks", "fuzz", "templates"];

#[test]
fn lock_files_are_up_to_date() {
    let errors = WORKSPACES.iter().filter_map(|directory| {
        let error = metadata::read(directory).err()?;
        Some(format!("in {directory}: {error}"))
    });
    let errors: Vec<_> = errors.collect();
    let remedy = "`cargo metadata --format-version 1` there brings them up to date";
    assert!(errors.is_empty(), "{remedy}\n{}", errors.join("\n"));
}
