//! The way `cargo-gin` was called: as cargo's subcommand or by its own name.

use std::ffi::OsString;

/// The command line without what cargo adds to it.
#[derive(Debug)]
pub(crate) struct Invocation {
    /// The arguments, the program's name first.
    pub(crate) args: Vec<OsString>,
    /// The command as usage texts show it.
    pub(crate) name: &'static str,
}

impl Invocation {
    /// Removes the leading `gin`: cargo runs `cargo-gin gin dev` for `cargo gin dev`.
    pub(crate) fn new(mut args: Vec<OsString>) -> Invocation {
        let by_cargo = args.get(1).is_some_and(|arg| arg == "gin");
        if by_cargo {
            args.remove(1);
        }
        Invocation {
            args,
            name: if by_cargo { "cargo gin" } else { "cargo-gin" },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;

    #[test]
    fn a_leading_gin_is_removed_and_shown_in_the_usage() {
        for (line, rest, usage) in [
            (
                "cargo-gin gin dev",
                "cargo-gin dev",
                "Usage: cargo gin dev ",
            ),
            ("cargo-gin dev", "cargo-gin dev", "Usage: cargo-gin dev "),
            (
                "cargo-gin new gin",
                "cargo-gin new gin",
                "Usage: cargo-gin new ",
            ),
        ] {
            let args = line.split(' ').map(OsString::from).collect();
            let invocation = Invocation::new(args);
            let kept: Vec<_> = rest.split(' ').map(OsString::from).collect();
            assert_eq!(invocation.args, kept, "{line}");
            let mut parser = Cli::parser().bin_name(invocation.name);
            parser.build();
            let subcommand = parser.find_subcommand_mut(&kept[1]);
            let shown = subcommand.expect("it is a subcommand").render_usage();
            assert!(shown.to_string().starts_with(usage), "{line}: {shown}");
        }
    }
}
