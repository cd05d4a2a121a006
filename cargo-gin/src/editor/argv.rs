//! The command lines of editors, with a place.

use std::ffi::{OsStr, OsString};
use std::path::Path;

/// The form in which an editor takes a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As the user wrote it, with `{file}`, `{line}` and `{column}`.
    Template,
    /// `--goto FILE:LINE:COLUMN`
    Goto,
    /// `FILE:LINE:COLUMN`
    Suffix,
    /// `+LINE:COLUMN FILE`
    Plus,
    /// `+call cursor(LINE, COLUMN) FILE`
    Vim,
    /// `--line LINE --column COLUMN FILE`
    Options,
    /// `-l LINE:COLUMN FILE`
    Mate,
    /// `-nLINE -cCOLUMN FILE`
    Notepad,
    /// `FILE`: an unknown editor.
    Bare,
    /// None: it needs a terminal, and ours is in use.
    Terminal,
    /// The form of an editor in the terminal of a host.
    Hosted(InTerminal),
    /// `--remote-expr EXPRESSION`: a tab of a running Neovim.
    Neovim,
}

/// The form in which an editor that needs a terminal takes a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InTerminal {
    /// `+call cursor(LINE, COLUMN) FILE`
    Vim,
    /// `+LINE:COLUMN FILE`
    Colon,
    /// `+LINE,COLUMN FILE`
    Comma,
    /// `+LINE FILE`
    Line,
    /// `FILE:LINE:COLUMN`
    Suffix,
}

impl InTerminal {
    /// Returns the form of the editor with this command line.
    pub(super) fn of(argv: &[String]) -> InTerminal {
        match name(argv).as_str() {
            "vim" | "nvim" | "view" => InTerminal::Vim,
            "emacs" | "emacsclient" | "micro" | "kak" => InTerminal::Colon,
            "nano" | "pico" | "ne" => InTerminal::Comma,
            "hx" | "helix" => InTerminal::Suffix,
            _ => InTerminal::Line,
        }
    }
}

/// Returns the name of a program, without its directory and extension.
pub(super) fn name(argv: &[String]) -> String {
    let program = argv.first().map(String::as_str).unwrap_or_default();
    let program = Path::new(program).file_stem().and_then(OsStr::to_str);
    program.unwrap_or_default().to_ascii_lowercase()
}

impl Form {
    /// Returns the form of the editor with this command line.
    pub(super) fn of(argv: &[String]) -> Form {
        if argv.iter().any(|arg| arg.contains("{file}")) {
            return Form::Template;
        }
        let is_in_terminal =
            |arg: &String| matches!(arg.as_str(), "-nw" | "-t" | "--tty" | "--no-window-system");
        match name(argv).as_str() {
            "code" | "code-insiders" | "code-oss" | "codium" | "vscodium" | "cursor"
            | "windsurf" | "positron" => Form::Goto,
            "zed" | "zeditor" | "subl" | "sublime_text" | "lapce" | "pulsar" => Form::Suffix,
            "emacs" | "emacsclient" if argv.iter().any(is_in_terminal) => Form::Terminal,
            "emacs" | "emacsclient" | "gedit" | "gnome-text-editor" | "xed" | "pluma" => Form::Plus,
            "gvim" | "mvim" => Form::Vim,
            "idea" | "idea64" | "rustrover" | "rustrover64" | "clion" | "clion64" | "kate"
            | "kwrite" => Form::Options,
            "mate" => Form::Mate,
            "notepad++" => Form::Notepad,
            "vi" | "vim" | "nvim" | "view" | "nano" | "pico" | "micro" | "hx" | "helix" | "kak"
            | "joe" | "ne" | "jed" | "mg" | "ed" | "ex" => Form::Terminal,
            _ => Form::Bare,
        }
    }

    /// Adds the place to `argv`.
    pub(super) fn fill(
        self,
        argv: &[String],
        path: &Path,
        line: usize,
        column: usize,
    ) -> Vec<OsString> {
        if self == Form::Template {
            let place = (path, line, column);
            return argv.iter().map(|arg| filled(arg, place)).collect();
        }
        let mut filled: Vec<OsString> = argv.iter().map(OsString::from).collect();
        if self == Form::Neovim {
            filled.push("--remote-expr".into());
            filled.push(expression(path, line, column));
            return filled;
        }
        let before: &[String] = &match self {
            Form::Goto => vec!["--goto".to_owned()],
            Form::Plus | Form::Hosted(InTerminal::Colon) => vec![format!("+{line}:{column}")],
            Form::Hosted(InTerminal::Comma) => vec![format!("+{line},{column}")],
            Form::Hosted(InTerminal::Line) => vec![format!("+{line}")],
            Form::Vim | Form::Hosted(InTerminal::Vim) => {
                vec![format!("+call cursor({line}, {column})")]
            }
            Form::Options => ["--line", &line.to_string(), "--column", &column.to_string()]
                .map(str::to_owned)
                .to_vec(),
            Form::Mate => vec!["-l".to_owned(), format!("{line}:{column}")],
            Form::Notepad => vec![format!("-n{line}"), format!("-c{column}")],
            Form::Suffix
            | Form::Hosted(InTerminal::Suffix)
            | Form::Bare
            | Form::Template
            | Form::Terminal
            | Form::Neovim => Vec::new(),
        };
        filled.extend(before.iter().map(OsString::from));
        let mut file = path.as_os_str().to_owned();
        if matches!(
            self,
            Form::Goto | Form::Suffix | Form::Hosted(InTerminal::Suffix)
        ) {
            file.push(format!(":{line}:{column}"));
        }
        filled.push(file);
        filled
    }
}

/// Returns the expression with which Neovim shows a place in a tab.
fn expression(path: &Path, line: usize, column: usize) -> OsString {
    // A string in single quotes has no escape sequences but this one.
    let path = path.to_string_lossy().replace('\'', "''");
    format!("execute('tab drop ' . fnameescape('{path}')) . cursor({line}, {column})").into()
}

/// Fills one argument of a template. Inserted text is not expanded again.
fn filled(arg: &str, (path, line, column): (&Path, usize, usize)) -> OsString {
    let mut filled = OsString::new();
    for (index, part) in arg.split("{file}").enumerate() {
        if index > 0 {
            filled.push(path);
        }
        let part = part.replace("{line}", &line.to_string());
        filled.push(part.replace("{column}", &column.to_string()));
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_editor_gets_a_place_in_its_own_form() {
        for (editor, expected) in [
            ("code", "code --goto /a b.rs:12:5"),
            (
                "/usr/bin/codium|--wait",
                "/usr/bin/codium --wait --goto /a b.rs:12:5",
            ),
            ("Cursor.exe", "Cursor.exe --goto /a b.rs:12:5"),
            ("zed", "zed /a b.rs:12:5"),
            ("subl|-n", "subl -n /a b.rs:12:5"),
            ("emacsclient|-n", "emacsclient -n +12:5 /a b.rs"),
            ("gvim", "gvim +call cursor(12, 5) /a b.rs"),
            ("rustrover", "rustrover --line 12 --column 5 /a b.rs"),
            ("mate", "mate -l 12:5 /a b.rs"),
            ("notepad++", "notepad++ -n12 -c5 /a b.rs"),
            ("my-own", "my-own /a b.rs"),
            ("kitty|nvim|+{line}|{file}", "kitty nvim +12 /a b.rs"),
            ("ed|at={line}:{column}:{file}!", "ed at=12:5:/a b.rs!"),
        ] {
            let argv: Vec<_> = editor.split('|').map(str::to_owned).collect();
            let filled = Form::of(&argv).fill(&argv, Path::new("/a b.rs"), 12, 5);
            assert_eq!(filled.join(OsStr::new(" ")), expected, "{editor}");
        }
    }

    #[test]
    fn a_path_is_one_argument_whatever_its_name() {
        let argv = ["my-own".to_owned(), "{file}".to_owned()];
        let path = Path::new("/$(touch x);{line} \"'.rs");
        let filled = Form::of(&argv).fill(&argv, path, 12, 5);
        assert_eq!(filled, ["my-own".as_ref(), path.as_os_str()]);
    }

    #[test]
    fn terminal_editors_are_recognized() {
        for editor in [
            "vim",
            "/usr/bin/nvim",
            "nano",
            "hx",
            "helix",
            "emacs|-nw",
            "emacsclient|-t",
        ] {
            let argv: Vec<_> = editor.split('|').map(str::to_owned).collect();
            assert_eq!(Form::of(&argv), Form::Terminal, "{editor}");
        }
    }
}
