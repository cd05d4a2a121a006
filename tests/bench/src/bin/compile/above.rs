//! A count of each app after an edit of each file, and what attributes cost above the baseline, compared with functions.

use anyhow::Result;
use gin_bench::Table;

use crate::app::App;
use crate::edit::Cause;

/// Counts the apps of the baseline, of functions, of attributes, and of others.
pub(crate) fn table(
    caption: String,
    apps: &[App],
    show: impl Fn(u64) -> String,
    mut count: impl FnMut(Cause, App) -> Result<u64>,
) -> Result<Table> {
    let mut rows = Vec::new();
    for cause in Cause::EDITS {
        let counts = apps.iter().map(|app| count(cause, *app));
        let counts = counts.collect::<Result<Vec<_>>>()?;
        rows.push(row(cause.label(), &counts, &show));
    }
    let labels = apps.iter().map(|app| app.framework.label());
    let header = [""]
        .into_iter()
        .chain(labels)
        .chain(["above the baseline, attributes ÷ functions"]);
    Ok(Table::new(caption, header, rows))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "no app has so large a count that a float could not hold it"
)]
fn row(label: &str, counts: &[u64], show: impl Fn(u64) -> String) -> Vec<String> {
    let [baseline, functions, attributes, ..] = *counts else {
        unreachable!("these three are counted always");
    };
    let above = |count: u64| count as f64 - baseline as f64;
    let ratio = format!("{:.2}", above(attributes) / above(functions));
    let counts = counts.iter().map(|count| show(*count));
    [label.to_owned()]
        .into_iter()
        .chain(counts)
        .chain([ratio])
        .collect()
}

#[cfg(test)]
mod tests {
    use gin_bench::grouped;

    use super::*;

    #[test]
    fn attributes_are_compared_with_functions_above_the_baseline() {
        let row = row("a line", &[1000, 1200, 1300, 9000], |count| grouped(&count));
        assert_eq!(row, ["a line", "1,000", "1,200", "1,300", "9,000", "1.50"]);
    }
}
