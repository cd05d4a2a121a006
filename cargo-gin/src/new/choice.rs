//! The choice of a template: by an option, or on a terminal.

use std::io::{self, BufRead, IsTerminal as _, Write as _};

use anyhow::Context as _;
use clap::ValueEnum as _;

use crate::cli::TemplateName;

/// Prints the templates, each with its description.
pub(super) fn list() -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    for template in TemplateName::value_variants() {
        writeln!(stdout, "{}", line(*template)).context("cannot print the templates")?;
    }
    Ok(())
}

/// Returns the template of the option. Without it the user chooses one on a terminal, and elsewhere it is `hello`.
pub(super) fn choose(option: Option<TemplateName>) -> anyhow::Result<TemplateName> {
    match option {
        Some(template) => Ok(template),
        None if console::user_attended_stderr() && io::stdin().is_terminal() => {
            ask(&mut io::stdin().lock(), &mut io::stderr())
        }
        None => Ok(TemplateName::Hello),
    }
}

/// Lets the user choose by number or by name. An empty line is the first template.
fn ask(input: &mut dyn BufRead, output: &mut dyn io::Write) -> anyhow::Result<TemplateName> {
    let templates = TemplateName::value_variants();
    for (index, template) in templates.iter().enumerate() {
        writeln!(output, "  {}  {}", index + 1, line(*template))?;
    }
    loop {
        write!(output, "template [1]: ")?;
        output.flush()?;
        let mut typed = String::new();
        let length = input
            .read_line(&mut typed)
            .context("cannot read the choice")?;
        anyhow::ensure!(
            length > 0,
            "no template was chosen; set one with --template. Nothing was written"
        );
        if let Some(template) = chosen(typed.trim()) {
            return Ok(template);
        }
        writeln!(
            output,
            "type a number from 1 to {}, or a name",
            templates.len()
        )?;
    }
}

fn chosen(typed: &str) -> Option<TemplateName> {
    const IGNORE_CASE: bool = true;
    let number = match typed {
        "" => Some(1),
        typed => typed.parse::<usize>().ok(),
    };
    match number {
        Some(number) => TemplateName::value_variants()
            .get(number.checked_sub(1)?)
            .copied(),
        None => TemplateName::from_str(typed, IGNORE_CASE).ok(),
    }
}

/// Returns the name and the description of a template.
fn line(template: TemplateName) -> String {
    let value = template.to_possible_value();
    let value = value.expect("no template is hidden");
    let about = value.get_help().map(ToString::to_string);
    format!("{:<10}{}", value.get_name(), about.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_chosen_by_number_or_name() {
        for (typed, template) in [
            ("\n", Some(TemplateName::Hello)),
            ("2\n", Some(TemplateName::Api)),
            ("WEB\n", Some(TemplateName::Web)),
            ("0\n5\nwebb\n realtime \n", Some(TemplateName::Realtime)),
            ("", None),
            ("9\n", None),
        ] {
            let mut shown = Vec::new();
            let choice = ask(&mut typed.as_bytes(), &mut shown).ok();
            assert_eq!(choice, template, "{typed:?}");
            let shown = String::from_utf8(shown).unwrap();
            assert!(shown.contains("  3  web "), "{shown}");
        }
    }
}
