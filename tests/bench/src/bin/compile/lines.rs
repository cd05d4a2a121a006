//! The LLVM IR that rustc makes of an app, which LLVM then compiles at every build. Its length does not depend on the load of the
//! machine.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use gin_bench::{Table, grouped};

use crate::app::{App, Framework, Size};
use crate::edit::Cargo;

/// The length of an app's IR, before any optimization.
#[derive(Clone, Copy)]
struct Lines {
    /// The functions, each generic one as often as it is instantiated.
    functions: usize,
    lines: usize,
}

/// Measures the apps of both sizes.
pub(crate) fn measure(cargo: &Cargo<'_>) -> Result<Table> {
    let header = Framework::ALL.map(Framework::label);
    let header = [""].into_iter().chain(header);
    let mut rows = Vec::new();
    for size in Size::BUILT {
        let mut lines = vec![format!("{} handlers, lines", size.handler_count())];
        let mut functions = vec![format!("{} handlers, functions", size.handler_count())];
        for app in App::ALL.into_iter().filter(|app| app.size == size) {
            eprintln!("compile: LLVM IR of {}", app.name());
            let of_app = Lines::of(app, cargo)?;
            lines.push(grouped(&of_app.lines));
            functions.push(grouped(&of_app.functions));
        }
        rows.extend([lines, functions]);
    }
    Ok(Table::new("LLVM IR of the app's crate", header, rows))
}

impl Lines {
    fn of(app: App, cargo: &Cargo<'_>) -> Result<Lines> {
        let path = cargo.directory.join(format!("{}.ll", app.name()));
        let status = Command::new("cargo")
            .args(["--quiet", "rustc", "--package", app.name()])
            .args(["--profile", cargo.profile.name(), "--"])
            .args(["-Ccodegen-units=1", "-Cno-prepopulate-passes"])
            .arg(format!("--emit=llvm-ir={}", path.display()))
            // Its units are more than one.
            .env("CARGO_INCREMENTAL", "0")
            .current_dir(cargo.directory)
            .status()?;
        ensure!(status.success(), "cargo rustc of {} failed", app.name());
        let text = fs::read_to_string(&path);
        let text = text.with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Lines::in_text(&text))
    }

    /// Counts the functions and the lines in them.
    fn in_text(text: &str) -> Lines {
        let functions = text.lines().filter(|line| line.starts_with("define "));
        let lines = text.lines().filter(|line| line.starts_with("  "));
        Lines {
            functions: functions.count(),
            lines: lines.count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instruction_is_a_line_and_a_declaration_is_not_a_function() {
        let text =
            "declare void @b()\n\ndefine void @a() {\nstart:\n  call void @b()\n  ret void\n}\n";
        let lines = Lines::in_text(text);
        assert_eq!((lines.functions, lines.lines), (1, 2));
    }
}
