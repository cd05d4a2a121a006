//! The packages of the workspace, as cargo resolves them.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Reads the packages of the workspace in a directory of the repository, and their resolved dependencies, on all platforms. The error
/// is that of cargo, for example about a lock file.
pub(crate) fn read(directory: &str) -> Result<Value, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked"])
        .current_dir(root.join(directory))
        .output()
        .expect("cargo starts");
    if cargo.status.success() {
        Ok(serde_json::from_slice(&cargo.stdout).expect("cargo writes JSON"))
    } else {
        Err(String::from_utf8_lossy(&cargo.stderr).into_owned())
    }
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
