//! The environment variables of options.

use clap::builder::BoolishValueParser;
use clap::{Arg, ArgAction, Command};

/// Accepts variables as users set them: an empty one counts as unset, and a switch may also be `1` or `yes`.
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

/// Returns `true` if the variable of this option is set to the empty string.
fn is_empty(arg: &Arg) -> bool {
    let value = arg.get_env().and_then(std::env::var_os);
    value.is_some_and(|value| value.is_empty())
}
