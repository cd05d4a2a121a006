//! Which editor it is, and its start.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use crate::cli::EditorOptions;
use crate::editor::argv::Form;

/// An editor that can open files in a window of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Editor {
    /// The program and its arguments, before those for the place.
    argv: Vec<String>,
    form: Form,
    /// How a path begins here, and how the same path begins where the editor runs.
    mapped: Vec<(PathBuf, PathBuf)>,
}

/// Why no editor opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unopenable {
    /// Nothing says which one.
    Unset,
    /// It needs a terminal.
    Terminal(String),
    /// It could not be started.
    Unstarted {
        /// Its program.
        program: String,
        /// The system's words.
        reason: String,
    },
    /// It was started and gave up at once.
    Ended {
        /// Its program.
        program: String,
        /// How it ended, in the system's words.
        end: String,
    },
}

/// How long an editor is watched. One that can't open its window ends sooner.
const FIRST_STEPS: Duration = Duration::from_millis(500);

impl fmt::Display for Unopenable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unopenable::Unset => f.write_str(
                "Nothing says which editor you use. Start cargo gin dev with --editor, such as --editor code, or set VISUAL.",
            ),
            Unopenable::Terminal(program) => write!(
                f,
                "{program} needs a terminal, and this one is taken. Start cargo gin dev with --editor and one that has a \
                 window, or with the terminal to open it in: --editor 'xterm -e {program} +{{line}} {{file}}'."
            ),
            Unopenable::Unstarted { program, reason } => {
                write!(f, "{program} can't be started: {reason}. Choose another editor with --editor.")
            }
            Unopenable::Ended { program, end } => {
                write!(f, "{program} ended at once ({end}). Try it in a terminal, or choose another editor with --editor.")
            }
        }
    }
}

impl Editor {
    /// That of `--editor`, else the first with a window of what `VISUAL` and `EDITOR` name and whose terminal this is.
    pub(crate) fn find(
        options: &EditorOptions,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Editor, Unopenable> {
        let wanted = match &options.editor {
            Some(editor) => vec![editor.clone()],
            None => ["VISUAL", "EDITOR"]
                .into_iter()
                .filter_map(&variable)
                .chain(surrounding(&variable).map(str::to_owned))
                .collect(),
        };
        let mut unopenable = Unopenable::Unset;
        for argv in wanted.iter().filter_map(|wanted| split(wanted)) {
            match Form::of(&argv) {
                Form::Terminal if unopenable == Unopenable::Unset => {
                    unopenable = Unopenable::Terminal(argv[0].clone());
                }
                Form::Terminal => {}
                form => {
                    return Ok(Editor {
                        argv,
                        form,
                        mapped: options.editor_path.clone(),
                    });
                }
            }
        }
        Err(unopenable)
    }

    /// Opens a file at a line and a character, both counted from 1. The editor outlives us.
    pub(crate) async fn open(
        &self,
        path: &Path,
        line: usize,
        column: usize,
    ) -> Result<(), Unopenable> {
        let path = self.mapped(path);
        let argv = self.form.fill(&self.argv, &path, line, column);
        let mut command = Command::new(&argv[0]);
        command
            .args(&argv[1..])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // It is no process of the app's, even where we are one ourselves.
            .env_remove("GIN_DEV");
        // Ctrl-C is meant for us.
        #[cfg(unix)]
        command.process_group(0);
        let program = || self.argv[0].clone();
        let mut editor = command.spawn().map_err(|error| Unopenable::Unstarted {
            program: program(),
            reason: error.to_string(),
        })?;
        match timeout(FIRST_STEPS, editor.wait()).await {
            Ok(Ok(end)) if !end.success() => Err(Unopenable::Ended {
                program: program(),
                end: end.to_string(),
            }),
            _ => Ok(()),
        }
    }

    /// The path as the editor knows it: by the longest of the beginnings that are mapped.
    fn mapped(&self, path: &Path) -> PathBuf {
        let ours = self.mapped.iter().filter_map(|(here, there)| {
            let rest = path.strip_prefix(here).ok()?;
            Some((here.as_os_str().len(), there.join(rest)))
        });
        ours.max_by_key(|(length, _)| *length)
            .map_or_else(|| path.to_owned(), |(_, path)| path)
    }
}

/// A command as a shell would split it. None if there is nothing to start.
fn split(command: &str) -> Option<Vec<String>> {
    let argv = shell_words::split(command).ok()?;
    argv.first().filter(|program| !program.is_empty())?;
    Some(argv)
}

/// The editor in whose own terminal we run.
fn surrounding(variable: &impl Fn(&str) -> Option<String>) -> Option<&'static str> {
    let is = |name: &str, value: &str| variable(name).is_some_and(|found| found == value);
    if is("ZED_TERM", "true") {
        Some("zed")
    } else if is("TERM_PROGRAM", "vscode") {
        Some(match variable("CURSOR_TRACE_ID") {
            Some(_) => "cursor",
            None => "code",
        })
    } else if is("TERMINAL_EMULATOR", "JetBrains-JediTerm") {
        Some("rustrover")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(editor: Option<&str>, variables: &[(&str, &str)]) -> Result<String, Unopenable> {
        let options = EditorOptions {
            editor: editor.map(str::to_owned),
            editor_path: Vec::new(),
        };
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Editor::find(&options, variable).map(|editor| editor.argv.join("|"))
    }

    #[test]
    fn the_first_editor_with_a_window_is_the_person_s() {
        let terminal = |program: &str| Err(Unopenable::Terminal(program.to_owned()));
        for (editor, variables, expected) in [
            (Some("zed"), &[("VISUAL", "code")][..], Ok("zed")),
            (Some("code --wait"), &[], Ok("code|--wait")),
            (Some("'/my editor/x' -a"), &[], Ok("/my editor/x|-a")),
            (None, &[("VISUAL", "code"), ("EDITOR", "zed")], Ok("code")),
            (None, &[("VISUAL", "vim"), ("EDITOR", "zed")], Ok("zed")),
            (None, &[("VISUAL", ""), ("EDITOR", "zed")], Ok("zed")),
            (
                None,
                &[("EDITOR", "vim"), ("TERM_PROGRAM", "vscode")],
                Ok("code"),
            ),
            (None, &[("ZED_TERM", "true")], Ok("zed")),
            (
                None,
                &[("VISUAL", "vim"), ("EDITOR", "nano")],
                terminal("vim"),
            ),
            (Some("vim"), &[("VISUAL", "code")], terminal("vim")),
            (None, &[], Err(Unopenable::Unset)),
            (Some("'unclosed"), &[], Err(Unopenable::Unset)),
        ] {
            let expected = expected.map(str::to_owned);
            assert_eq!(
                found(editor, variables),
                expected,
                "{editor:?} {variables:?}"
            );
        }
    }

    #[test]
    fn paths_are_mapped_by_their_longest_known_beginning() {
        let pair = |here: &str, there: &str| (PathBuf::from(here), PathBuf::from(there));
        let editor = Editor {
            argv: vec!["code".to_owned()],
            form: Form::Goto,
            mapped: vec![
                pair("/app", "/home/ann/blog"),
                pair("/app/lib", "/home/ann/lib"),
            ],
        };
        for (path, expected) in [
            ("/app/src/main.rs", "/home/ann/blog/src/main.rs"),
            ("/app/lib/src/lib.rs", "/home/ann/lib/src/lib.rs"),
            ("/application/main.rs", "/application/main.rs"),
        ] {
            assert_eq!(editor.mapped(Path::new(path)), Path::new(expected));
        }
    }

    /// Why the editor does not open. On a busy machine even what ends at once may take longer than its first steps.
    async fn unopenable(editor: &Editor) -> Unopenable {
        for _ in 0..60 {
            if let Err(unopenable) = editor.open(Path::new("/a.rs"), 1, 1).await {
                return unopenable;
            }
        }
        panic!("it opens");
    }

    #[tokio::test]
    async fn an_editor_that_does_not_open_is_named_with_what_to_do() {
        for (command, begin) in [
            ("/no/such/editor", "/no/such/editor can't be started: "),
            ("false", "false ended at once (exit status: 1)"),
        ] {
            let options = EditorOptions {
                editor: Some(command.to_owned()),
                editor_path: Vec::new(),
            };
            let editor = Editor::find(&options, |_| None).unwrap();
            let said = unopenable(&editor).await.to_string();
            assert!(said.starts_with(begin), "{said}");
            assert!(said.contains("--editor"), "{said}");
        }
    }
}
