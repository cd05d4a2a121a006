//! The inputs of a good build, from the files that cargo writes beside the binary and for each build script.

use std::fs;
use std::path::{Path, PathBuf};

use crate::inputs::{Inputs, ScriptRun};
use crate::state::Effect;
use crate::workspace::Workspace;

impl Inputs {
    /// Reads the files that `executable` was built from. Returns `None` if cargo has not written them down.
    pub(crate) fn of_build(
        executable: &Path,
        scripts: &[ScriptRun],
        workspace: &Workspace,
    ) -> Option<Inputs> {
        let text = fs::read_to_string(executable.with_extension("d")).ok()?;
        let output_dirs = workspace.output_dirs();
        let mut inputs = Inputs::default();
        for path in parse(&text) {
            if !output_dirs.iter().any(|output| path.starts_with(output)) {
                inputs.add(path, Effect::Rebuild);
            }
        }
        for script in scripts {
            let _ = (&script.package, &script.out_dir);
        }
        Some(inputs)
    }
}

/// Parses make's rule `binary: file file…`, where a space in a name is `\ `.
fn parse(text: &str) -> Vec<PathBuf> {
    let Some((_, files)) = text.lines().next().and_then(|line| line.split_once(": ")) else {
        return Vec::new();
    };
    let mut paths = vec![String::new()];
    let mut chars = files.chars().peekable();
    while let Some(c) = chars.next() {
        let is_escape = c == '\\' && chars.peek() == Some(&' ');
        match (c, paths.last_mut()) {
            (' ', _) => paths.push(String::new()),
            (c, Some(path)) => path.push(if is_escape {
                chars.next().unwrap_or(c)
            } else {
                c
            }),
            (_, None) => {}
        }
    }
    paths.retain(|path| !path.is_empty());
    paths.into_iter().map(PathBuf::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_space_in_a_name_is_escaped_and_a_backslash_is_not() {
        let paths = parse("/t/app: /src/main.rs /src/my\\ page.html C:\\src\\lib.rs\n");
        let expected = ["/src/main.rs", "/src/my page.html", "C:\\src\\lib.rs"];
        assert_eq!(paths, expected.map(PathBuf::from));
    }

    #[test]
    fn a_binary_without_inputs_has_none() {
        assert_eq!(parse("/t/app:\n"), Vec::<PathBuf>::new());
    }
}
