//! Hosts: Neovim, tmux and kitty open a terminal editor in a tab of their own.

use crate::editor::argv::{Form, InTerminal, name};

/// Returns the command line that opens an editor with `argv` in the host that we run in, and the form of its place. Returns `None`
/// outside of a host.
pub(super) fn hosted(
    argv: &[String],
    variable: &impl Fn(&str) -> Option<String>,
) -> Option<(Vec<String>, Form)> {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    // The innermost host comes first: a terminal in Neovim, then tmux, whose panes inherit the variables of kitty.
    if let Some(server) =
        set("NVIM").filter(|_| matches!(name(argv).as_str(), "nvim" | "vim" | "vi"))
    {
        return Some((owned(&["nvim", "--server", &server]), Form::Neovim));
    }
    let mut command: Vec<String> = if set("TMUX").is_some() {
        owned(&["tmux", "new-window", "--"])
    } else if set("KITTY_LISTEN_ON").is_some() {
        owned(&["kitty", "@", "launch", "--type=tab"])
    } else {
        return None;
    };
    let form = Form::Hosted(InTerminal::of(argv));
    command.extend_from_slice(argv);
    Some((command, form))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::path::Path;

    use super::*;

    #[test]
    fn the_innermost_host_opens_the_editor() {
        let nvim = ("NVIM", "/run/nvim.1.0");
        let tmux = ("TMUX", "/tmp/tmux-0/default,1,0");
        let kitty = ("KITTY_LISTEN_ON", "unix:/tmp/kitty");
        for (editor, variables, expected) in [
            (
                "nvim",
                &[nvim, tmux][..],
                Some(
                    "nvim|--server|/run/nvim.1.0|--remote-expr|execute('tab drop ' . fnameescape('/it''s b.rs')) . cursor(12, 5)",
                ),
            ),
            (
                "vim",
                &[tmux, kitty],
                Some("tmux|new-window|--|vim|+call cursor(12, 5)|/it's b.rs"),
            ),
            (
                "nano",
                &[nvim, tmux],
                Some("tmux|new-window|--|nano|+12,5|/it's b.rs"),
            ),
            ("hx", &[tmux], Some("tmux|new-window|--|hx|/it's b.rs:12:5")),
            (
                "kak",
                &[tmux],
                Some("tmux|new-window|--|kak|+12:5|/it's b.rs"),
            ),
            (
                "joe",
                &[tmux],
                Some("tmux|new-window|--|joe|+12|/it's b.rs"),
            ),
            (
                "emacs -nw",
                &[kitty],
                Some("kitty|@|launch|--type=tab|emacs|-nw|+12:5|/it's b.rs"),
            ),
            ("nano", &[nvim], None),
            ("nvim", &[("TMUX", "")], None),
        ] {
            let argv: Vec<_> = editor.split(' ').map(str::to_owned).collect();
            let variable = |name: &str| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            let filled = hosted(&argv, &variable).map(|(argv, form)| {
                let filled = form.fill(&argv, Path::new("/it's b.rs"), 12, 5);
                filled.join(OsStr::new("|")).into_string().unwrap()
            });
            assert_eq!(filled.as_deref(), expected, "{editor} {variables:?}");
        }
    }
}
