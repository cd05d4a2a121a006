//! Finding and starting the editor.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use crate::cli::EditorOptions;
use crate::editor::argv::Form;
use crate::editor::host::hosted;

/// An editor that can open files in a window of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Editor {
    /// The program and its arguments, before those for the place.
    argv: Vec<String>,
    form: Form,
    /// The start of a path here, and of the same path on the machine of the editor.
    mapped: Vec<(PathBuf, PathBuf)>,
}

/// The reason why no editor opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unopenable {
    /// No editor is configured.
    Unset,
    /// It needs a terminal, and ours is in use.
    Terminal(String),
    /// It could not be started.
    Unstarted {
        program: String,
        /// The message of the operating system.
        reason: String,
    },
    /// It was started and exited at once.
    Exited { program: String, status: String },
}

/// The time that an editor is watched. One that cannot open its window exits sooner.
const WATCH_TIME: Duration = Duration::from_millis(500);

impl fmt::Display for Unopenable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unopenable::Unset => f.write_str(
                "No editor is configured. Start cargo gin dev with --editor, such as --editor code, or set VISUAL.",
            ),
            Unopenable::Terminal(program) => write!(
                f,
                "{program} needs a terminal, and this one is in use. Start cargo gin dev with --editor: with an editor that has \
                 a window, or with a terminal to open it in, such as --editor 'xterm -e {program} +{{line}} {{file}}'; or start it within tmux."
            ),
            Unopenable::Unstarted { program, reason } => {
                write!(f, "{program} cannot be started: {reason}. Choose another editor with --editor.")
            }
            Unopenable::Exited { program, status } => {
                write!(f, "{program} exited at once ({status}). Try it in a terminal, or choose another editor with --editor.")
            }
        }
    }
}

impl Editor {
    /// Finds the editor: `--editor`, else the first one with a window among `VISUAL`, `EDITOR`, and the editor whose terminal
    /// this is. Neovim, tmux and kitty give a window to one that needs a terminal.
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
            let form = Form::of(&argv);
            let hosted = hosted(&argv, &variable).filter(|_| form == Form::Terminal);
            let (argv, form) = hosted.unwrap_or((argv, form));
            match form {
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

    /// Opens a file at a line and a character, both counted from 1. The editor keeps running after us.
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
            // The editor does not belong to the app, even if cargo gin runs inside one.
            .env_remove("GIN_DEV");
        // Ctrl-C must not reach the editor.
        #[cfg(unix)]
        command.process_group(0);
        let program = || self.argv[0].clone();
        let mut editor = command.spawn().map_err(|error| Unopenable::Unstarted {
            program: program(),
            reason: error.to_string(),
        })?;
        match timeout(WATCH_TIME, editor.wait()).await {
            Ok(Ok(status)) if !status.success() => Err(Unopenable::Exited {
                program: program(),
                status: status.to_string(),
            }),
            _ => Ok(()),
        }
    }

    /// Returns the path on the machine of the editor: the longest mapped start is replaced.
    fn mapped(&self, path: &Path) -> PathBuf {
        let ours = self.mapped.iter().filter_map(|(here, there)| {
            let rest = path.strip_prefix(here).ok()?;
            Some((here.as_os_str().len(), there.join(rest)))
        });
        ours.max_by_key(|(length, _)| *length)
            .map_or_else(|| path.to_owned(), |(_, path)| path)
    }
}

/// Splits a command like a shell. Returns `None` if there is no program.
fn split(command: &str) -> Option<Vec<String>> {
    let argv = shell_words::split(command).ok()?;
    argv.first().filter(|program| !program.is_empty())?;
    Some(argv)
}

/// Returns the editor in whose terminal we run.
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
    } else if variable("NVIM").is_some() {
        Some("nvim")
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
    fn the_first_editor_with_a_window_is_chosen() {
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
            (None, &[("NVIM", "/s")], Ok("nvim|--server|/s")),
            (
                Some("vim"),
                &[("TMUX", "/t,1,0")],
                Ok("tmux|new-window|--|vim"),
            ),
            (Some("code"), &[("TMUX", "/t,1,0")], Ok("code")),
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
    fn the_longest_mapped_start_of_a_path_is_replaced() {
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

    /// Returns the reason why the editor does not open. On a busy machine even `false` may take longer than the watch time.
    async fn unopenable(editor: &Editor) -> Unopenable {
        for _ in 0..60 {
            if let Err(unopenable) = editor.open(Path::new("/a.rs"), 1, 1).await {
                return unopenable;
            }
        }
        panic!("it opens");
    }

    #[tokio::test]
    async fn an_editor_that_does_not_open_is_named_with_the_remedy() {
        for (command, begin) in [
            ("/no/such/editor", "/no/such/editor cannot be started: "),
            ("false", "false exited at once (exit status: 1)"),
        ] {
            let options = EditorOptions {
                editor: Some(command.to_owned()),
                editor_path: Vec::new(),
            };
            let editor = Editor::find(&options, |_| None).unwrap();
            let message = unopenable(&editor).await.to_string();
            assert!(message.starts_with(begin), "{message}");
            assert!(message.contains("--editor"), "{message}");
        }
    }
}
