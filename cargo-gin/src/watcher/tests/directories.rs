//! Files that come into new directories at any time.

use std::fs;
use std::hint;

use crate::watcher::tests::requests::Watching;
use crate::watcher::tests::{Files, options};

#[test]
fn a_file_that_comes_before_its_directory_is_watched_is_reported() {
    let files = Files::new(&[("app/Cargo.toml", ""), ("app/src/main.rs", "")]);
    let mut watching = Watching::start(&files, &options(), |_, _| {});
    for number in 0..200_u32 {
        let directory = format!("app/src/new{number}");
        fs::create_dir(files.path(&directory)).unwrap();
        // From before the event is read to after the directory is watched.
        for _ in 0..number % 100 * 400 {
            hint::spin_loop();
        }
        let file = files.path(&format!("{directory}/file.rs"));
        fs::write(&file, "").unwrap();
        let is_reported = (0..3).any(|_| {
            let changed = watching.request();
            changed.iter().any(|path| path.ends_with("file.rs"))
        });
        assert!(is_reported, "{number}");
    }
}
