//! The inputs that build scripts declare.

use std::fs;
use std::path::{Path, PathBuf};

/// A run of a build script, in this build or an earlier one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScriptRun {
    /// The directory of the script's package.
    pub(crate) package: PathBuf,
    /// The script's `OUT_DIR`.
    pub(crate) out_dir: PathBuf,
}

impl ScriptRun {
    /// Reads the paths that the script declares. Returns `None` if it declares neither paths nor variables.
    pub(super) fn declared(&self) -> Option<Vec<PathBuf>> {
        let directory = self.out_dir.parent()?;
        // The second is the layout of `-Zbuild-dir-new-layout`.
        let files = [directory.join("output"), directory.join("run/stdout")];
        let output = files.iter().find_map(|file| fs::read(file).ok())?;
        let output = String::from_utf8_lossy(&output);
        let paths = declared(&output, &self.package);
        let is_declared = !paths.is_empty() || values(&output, "rerun-if-env-changed").count() > 0;
        is_declared.then_some(paths)
    }
}

/// Returns the paths that the output of a script declares, if it belongs to the package in `directory`.
pub(super) fn declared(output: &str, directory: &Path) -> Vec<PathBuf> {
    let values = values(output, "rerun-if-changed");
    values.map(|path| directory.join(path)).collect()
}

/// Returns the values of an instruction: `cargo::key=value`, or `cargo:key=value` in the older syntax.
fn values<'a>(output: &'a str, key: &str) -> impl Iterator<Item = &'a str> {
    output.lines().filter_map(move |line| {
        let instruction = line.trim().strip_prefix("cargo:")?;
        let instruction = instruction.strip_prefix(':').unwrap_or(instruction);
        instruction.strip_prefix(key)?.strip_prefix('=')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the declarations of a script in `/app` with this output, in a file of this name.
    fn declared_by(output: &str, name: &str) -> Option<Vec<PathBuf>> {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, output).unwrap();
        let run = ScriptRun {
            package: PathBuf::from("/app"),
            out_dir: root.path().join("out"),
        };
        run.declared()
    }

    #[test]
    fn paths_are_declared_in_both_syntaxes_and_layouts() {
        let output = "hello\ncargo:rerun-if-changed=../proto\n  cargo::rerun-if-changed=/etc/app.conf  \n\
                      cargo:rerun-if-changed-not=x\ncargo:warning=cargo:rerun-if-changed=y\n";
        for name in ["output", "run/stdout"] {
            let expected = ["/app/../proto", "/etc/app.conf"].map(PathBuf::from);
            assert_eq!(declared_by(output, name), Some(expected.to_vec()));
        }
    }

    #[test]
    fn a_script_that_declares_a_variable_has_declared() {
        for (output, declared) in [
            ("cargo:rerun-if-env-changed=X", Some(Vec::new())),
            ("cargo::rerun-if-env-changed=X", Some(Vec::new())),
            ("cargo:rustc-cfg=x", None),
            ("", None),
        ] {
            assert_eq!(declared_by(output, "output"), declared, "{output}");
        }
    }
}
