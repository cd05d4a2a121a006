//! Paths of the app's own files, which are checked at start.

use gin::Engine;
use gin::extract::MultipartLimits;
use gin::prelude::*;

fn flaws(group: Group) -> String {
    let error = Engine::new(group).expect_err("a path is wrong");
    error.to_string()
}

#[test]
fn a_route_for_a_file_that_is_not_there_is_a_flaw() {
    let directory = tempfile::tempdir().expect("there is room");
    let file = directory.path().join("robots.txt");
    let group = || Group::new("").file("/robots.txt", &file);
    let found = flaws(group());
    assert!(found.contains("robots.txt"), "{found}");
    assert!(found.contains("tests/surface/paths.rs:"), "{found}");
    let found = flaws(Group::new("").file("/", directory.path()));
    assert!(found.contains("it is not a file"), "{found}");
    std::fs::write(&file, "").expect("there is room");
    assert!(Engine::new(group()).is_ok());
}

#[test]
fn a_directory_for_uploads_that_cannot_be_written_to_is_a_flaw() {
    let directory = tempfile::tempdir().expect("there is room");
    let uploads = directory.path().join("uploads");
    let group = || {
        let limits = MultipartLimits::new().directory(&uploads);
        Group::new("").nest(Group::new("/in").state(limits))
    };
    let found = flaws(group());
    assert!(found.contains("uploads"), "{found}");
    assert!(found.contains("tests/surface/paths.rs:"), "{found}");
    std::fs::create_dir(&uploads).expect("there is room");
    assert!(Engine::new(group()).is_ok());
}
