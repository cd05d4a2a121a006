//! Each feature of gin-core has a test that `.ci/features` runs with it alone.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::files::{File, in_directory};

/// Features that stand for others.
const SETS: [&str; 2] = ["default", "full"];

#[test]
fn each_feature_has_a_test_of_its_own() {
    let metadata = metadata();
    let features = |package: &str| -> Vec<String> {
        let features = features(&metadata, package);
        let features = features.as_object().expect("there are features");
        features.keys().cloned().collect()
    };
    let (all, with_test) = (features("gin-core"), features("gin-features"));
    let files = in_directory("tests/features");
    let is_tested = |name: &String| with_test.contains(name) && has_test(&files, name);
    let untested: Vec<_> = all
        .iter()
        .filter(|name| !SETS.contains(&name.as_str()) && !is_tested(name))
        .collect();
    assert!(
        untested.is_empty(),
        "tests/features has none of {untested:?}"
    );
}

fn metadata() -> Value {
    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--locked"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .output()
        .expect("cargo starts");
    let error = String::from_utf8_lossy(&cargo.stderr);
    assert!(cargo.status.success(), "{error}");
    serde_json::from_slice(&cargo.stdout).expect("cargo writes JSON")
}

fn features<'a>(metadata: &'a Value, package: &str) -> &'a Value {
    let packages = metadata["packages"].as_array();
    let mut packages = packages.expect("there are packages").iter();
    let package = packages.find(|found| found["name"] == package);
    &package.expect("the package is there")["features"]
}

/// Returns `true` if a test, or a file with tests, is compiled with one feature.
fn has_test(files: &[File], feature: &str) -> bool {
    let condition = format!("#[cfg(feature = \"{feature}\")]\n");
    let requirement = format!("required-features = [\"{feature}\"]");
    let module = format!("{condition}mod {feature};");
    let own = Path::new("tests/features").join(feature);
    let own = own.with_extension("rs");
    let has_own = files
        .iter()
        .any(|file| file.path == own && is_test(&file.text));
    files.iter().any(|file| {
        let text = &file.text;
        let names_own = text.contains(&module) || text.contains(&requirement);
        let mut items = text.split(&condition).skip(1);
        has_own && names_own || items.any(|item| item.lines().next().is_some_and(is_test))
    })
}

fn is_test(text: &str) -> bool {
    text.contains("#[test]") || text.contains("#[tokio::test")
}
