//! What the variables beside the options may say.

use clap::builder::BoolishValueParser;
use clap::{Arg, ArgAction, Command};

/// The same command with variables as people set them: an empty one is none, and a switch may be `1` or `yes` as well.
pub(super) fn forgiving(command: Command) -> Command {
    command.mut_subcommands(|command| {
        command.mut_args(|arg| {
            let arg = if is_empty(&arg) { arg.env(None) } else { arg };
            match arg.get_action() {
                ArgAction::SetTrue => arg.value_parser(BoolishValueParser::new()),
                _ => arg,
            }
        })
    })
}

/// Is the variable of this option set to nothing?
fn is_empty(arg: &Arg) -> bool {
    let value = arg.get_env().and_then(std::env::var_os);
    value.is_some_and(|value| value.is_empty())
}
