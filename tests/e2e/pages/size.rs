//! The size of our style sheets and scripts.

use std::fs;
use std::path::Path;

/// The limit for all our style sheets and scripts together, in bytes.
const LIMIT: u64 = 60 * 1024;

#[test]
fn all_styles_and_scripts_together_are_below_the_limit() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let repository = tests.parent().expect("the tests are in the repository");
    let crates = ["cargo-gin/src", "gin-core/src"];
    let size: u64 = crates.iter().map(|name| size(&repository.join(name))).sum();
    assert!(size > 20_000, "{size} bytes: some assets were not found");
    assert!(size < LIMIT, "{size} bytes");
}

/// Returns the size of all style sheets and scripts below a directory.
fn size(directory: &Path) -> u64 {
    let entries = fs::read_dir(directory).expect("the directory exists");
    let sizes = entries.map(|entry| {
        let path = entry.expect("the directory can be read").path();
        if path.is_dir() {
            return size(&path);
        }
        let is_asset = path
            .extension()
            .is_some_and(|kind| kind == "css" || kind == "js");
        let metadata = fs::metadata(&path).expect("the file exists");
        if is_asset { metadata.len() } else { 0 }
    });
    sizes.sum()
}
