//! The packages of the workspace, as cargo resolves them.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Reads the workspace's packages and their resolved dependencies, on all platforms.
pub(crate) fn read() -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked"])
        .current_dir(root)
        .output()
        .expect("cargo starts");
    let error = String::from_utf8_lossy(&cargo.stderr);
    assert!(cargo.status.success(), "{error}");
    serde_json::from_slice(&cargo.stdout).expect("cargo writes JSON")
}

/// Returns `true` for a member of the workspace without `publish = false`.
pub(crate) fn is_published(package: &Value) -> bool {
    package["source"].is_null() && package["publish"].is_null()
}

pub(crate) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().expect("it is text")
}
