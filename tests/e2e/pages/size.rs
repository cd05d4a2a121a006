//! The size of our style sheets and scripts.

use std::fs;
use std::path::Path;

/// The limits for all style sheets and scripts of a crate together, in bytes: of the dev server's pages, and of the page of an API.
const LIMITS: [(&str, u64); 2] = [("cargo-gin/src", 60 * 1024), ("gin-core/src", 20 * 1024)];

#[test]
fn all_styles_and_scripts_together_are_below_the_limit() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let repository = tests.parent().expect("the tests are in the repository");
    for (sources, limit) in LIMITS {
        let size = size(&repository.join(sources));
        assert!(size > 10_000, "{sources}: some assets were not found");
        assert!(size < limit, "{sources}: {size} bytes");
    }
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
