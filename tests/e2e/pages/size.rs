//! Our pages are light.

use std::fs;
use std::path::Path;

/// The most that all style sheets and scripts of ours may weigh together, in octets.
const LIMIT: u64 = 60 * 1024;

#[test]
fn all_styles_and_scripts_together_are_light() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let repository = tests.parent().expect("the tests are in the repository");
    let crates = ["cargo-gin/src", "gin-core/src"];
    let weight: u64 = crates
        .iter()
        .map(|name| weight(&repository.join(name)))
        .sum();
    assert!(weight > 20_000, "{weight} octets: they are elsewhere");
    assert!(weight < LIMIT, "{weight} octets");
}

/// What the style sheets and scripts in a folder and below it weigh.
fn weight(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let weights = entries.map(|entry| {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            return weight(&path);
        }
        let is_asset = path
            .extension()
            .is_some_and(|kind| kind == "css" || kind == "js");
        let metadata = fs::metadata(&path).expect("the file is there");
        if is_asset { metadata.len() } else { 0 }
    });
    weights.sum()
}
