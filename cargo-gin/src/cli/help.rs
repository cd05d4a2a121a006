//! The short help of `cargo gin dev`, which fits a screen.

use clap::Command;

/// The options that `-h` shows. `--help` shows all.
const BRIEF: [&str; 10] = [
    "package", "bin", "features", "release", "port", "app-port", "open", "lazy", "restart", "once",
];

/// Shows only the options in [`BRIEF`] with `-h`.
pub(super) fn brief(dev: Command) -> Command {
    let is_brief = |long: Option<&str>| long.is_some_and(|long| BRIEF.contains(&long));
    dev.mut_args(|arg| {
        let is_hidden = arg.get_long().is_some() && !is_brief(arg.get_long());
        arg.hide_short_help(is_hidden)
    })
    .after_help("More options: --help")
    .after_long_help("")
}

#[cfg(test)]
mod tests {
    use crate::cli::Cli;

    use super::*;

    #[test]
    fn the_short_help_fits_a_screen_and_the_long_one_has_all_options() {
        let mut parser = Cli::parser();
        parser.build();
        let dev = parser.find_subcommand_mut("dev").unwrap();
        let longs: Vec<String> = dev
            .get_arguments()
            .filter_map(|arg| arg.get_long().map(|long| format!("--{long}")))
            .collect();
        let short = dev.render_help().to_string();
        assert!(short.lines().count() <= 40, "{short}");
        for long in BRIEF {
            assert!(short.contains(&format!("--{long}")), "{long}: {short}");
        }
        let full = dev.render_long_help().to_string();
        for long in longs {
            assert!(full.contains(&long), "{long}: {full}");
        }
    }
}
