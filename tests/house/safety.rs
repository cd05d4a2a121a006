//! No crate of the repository has `unsafe` code.

use std::fs;
use std::path::Path;

use crate::files;

/// Members of the workspace that begin a user's project, and have no lints of ours.
const PROJECTS: [&str; 1] = ["templates/hello"];

/// Directories whose crates have other workspaces, and lints of their own.
const BESIDE: [&str; 3] = ["examples", "fuzz", "templates"];

fn manifest(directory: &str) -> String {
    let path = Path::new("..").join(directory).join("Cargo.toml");
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_crate_of_the_workspace_forbids_unsafe_code() {
    let root = manifest("");
    let lints = root.split("[workspace.lints.rust]").nth(1);
    let forbids = lints.is_some_and(|lints| lints.starts_with("\nunsafe_code = \"forbid\"\n"));
    assert!(forbids, "the workspace does not forbid unsafe code");
    let members = root.split("\nmembers = [").nth(1);
    let members = members.and_then(|rest| rest.split(']').next());
    let members = members.expect("the workspace has members").split(',');
    let members: Vec<_> = members.map(|name| name.trim().trim_matches('"')).collect();
    assert!(members.len() > PROJECTS.len());
    for member in members {
        let inherits = manifest(member).contains("\n[lints]\nworkspace = true\n");
        assert!(inherits || PROJECTS.contains(&member), "{member}");
    }
}

#[test]
fn code_beside_the_workspace_is_safe() {
    let mut faults = Vec::new();
    for directory in BESIDE {
        for file in files::in_directory(directory) {
            if file.extension() == "rs" {
                let lines = file.text.lines().zip(1..);
                let unsafe_lines = lines.filter(|(line, _)| is_unsafe(line));
                faults.extend(unsafe_lines.map(|(_, at)| format!("{}:{at}", file.path.display())));
            }
        }
    }
    assert!(faults.is_empty(), "unsafe code: {}", faults.join(", "));
}

/// Returns `true` if a line of code opens a block or an item that is unsafe.
fn is_unsafe(line: &str) -> bool {
    const OPENED: [&str; 6] = ["{", "fn ", "impl ", "impl<", "trait ", "extern "];
    let code = line.split("//").next().unwrap_or_default();
    let mut after = code.split("unsafe ").skip(1);
    code.contains("#[unsafe(")
        || after.any(|rest| OPENED.iter().any(|opened| rest.starts_with(opened)))
}

#[cfg(test)]
mod tests {
    use super::is_unsafe;

    #[test]
    fn unsafe_code_is_more_than_the_word() {
        for (line, expected) in [
            ("let x = unsafe { *pointer };", true),
            ("pub unsafe fn danger() {}", true),
            ("unsafe impl Send for X {}", true),
            ("#[unsafe(no_mangle)]", true),
            ("// unsafe { }", false),
            ("let policy = \"'unsafe-inline'\";", false),
            ("an unsafe request", false),
        ] {
            assert_eq!(is_unsafe(line), expected, "{line}");
        }
    }
}
