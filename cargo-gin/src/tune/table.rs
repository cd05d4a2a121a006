//! The table of the results.

use std::time::Duration;

use console::style;

use crate::tune::bench::Costs;
use crate::tune::finding::{Finding, Outcome};
use crate::tune::sample::Summary;
use crate::tune::size::bytes;
use crate::tune::verdict::Verdict;

/// The columns: times of builds after edits, and the costs besides.
const HEAD: [&str; 8] = [
    "setting",
    "median",
    "least–most",
    "today then",
    "of today",
    "from scratch",
    "target",
    "program",
];

/// A line of the table.
pub(super) struct Row {
    cells: [String; 8],
    verdict: Verdict,
}

impl Row {
    /// Returns the line of today's settings.
    pub(super) fn today(edit: Option<Summary>, costs: Costs) -> Row {
        let (median, spread) = edit.map_or_else(Default::default, times);
        Row::new(
            ["today".to_owned(), median, spread],
            ["–".to_owned(), "–".to_owned()],
            costs,
        )
    }

    /// Returns the line of a finding.
    pub(super) fn of(finding: &Finding) -> Row {
        let title = match finding.candidate.names.len() {
            1 => finding.candidate.title.clone(),
            _ => "the best together".to_owned(),
        };
        match &finding.outcome {
            Outcome::Compared(comparison, costs) => {
                let (median, spread) = times(comparison.changed);
                let share = format!("{:.0} %", comparison.ratio() * 100.0);
                let compared = [time(comparison.today.median), share];
                Row {
                    verdict: comparison.verdict,
                    ..Row::new([title, median, spread], compared, *costs)
                }
            }
            Outcome::Failed(_) => Row::without(title, "does not build"),
            Outcome::Unmeasured => Row::without(title, "not measured: the budget is spent"),
        }
    }

    fn new(edit: [String; 3], compared: [String; 2], costs: Costs) -> Row {
        let ([title, median, spread], [today, share]) = (edit, compared);
        let dash = || "–".to_owned();
        Row {
            cells: [
                title,
                median,
                spread,
                today,
                share,
                costs.clean.map_or_else(dash, time),
                costs.target.map_or_else(dash, bytes),
                bytes(costs.program),
            ],
            verdict: Verdict::Same,
        }
    }

    fn without(title: String, reason: &str) -> Row {
        let mut cells = [const { String::new() }; 8];
        let [first, second, ..] = &mut cells;
        *first = title;
        reason.clone_into(second);
        Row {
            cells,
            verdict: Verdict::Same,
        }
    }

    fn line(&self, widths: &[usize; 8]) -> String {
        let line = padded(&self.cells, widths);
        match self.verdict {
            Verdict::Faster => style(line).green().to_string(),
            Verdict::Slower => style(line).red().to_string(),
            Verdict::Same => line,
        }
    }
}

/// Returns the lines of a table.
pub(super) fn lines(rows: &[Row]) -> Vec<String> {
    let head = HEAD.map(str::to_owned);
    let mut widths = [0; 8];
    for cells in rows.iter().map(|row| &row.cells).chain([&head]) {
        // A reason in place of figures may be longer than they are.
        let is_reason = cells.last().is_some_and(String::is_empty);
        let columns = if is_reason { 1 } else { cells.len() };
        for (width, cell) in widths.iter_mut().zip(cells).take(columns) {
            *width = cell.chars().count().max(*width);
        }
    }
    let rows = rows.iter().map(|row| row.line(&widths));
    [padded(&head, &widths)].into_iter().chain(rows).collect()
}

fn padded(cells: &[String; 8], widths: &[usize; 8]) -> String {
    let cells = cells.iter().zip(widths);
    let cells = cells.map(|(cell, width)| format!("{cell:<width$}"));
    let line = cells.collect::<Vec<_>>().join("  ");
    line.trim_end().to_owned()
}

fn times(edit: Summary) -> (String, String) {
    let spread = format!("{}–{}", time(edit.least), time(edit.most));
    (time(edit.median), spread)
}

fn time(time: Duration) -> String {
    match time.as_millis() {
        millis @ 0..1000 => format!("{millis} ms"),
        _ => format!("{:.2} s", time.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let costs = Costs {
            clean: Some(Duration::from_millis(1500)),
            target: None,
            program: 4 << 20,
        };
        let edit = Summary {
            median: Duration::from_millis(800),
            lower: Duration::ZERO,
            upper: Duration::ZERO,
            least: Duration::from_millis(700),
            most: Duration::from_millis(1200),
        };
        let rows = [
            Row::today(Some(edit), costs),
            Row::without(
                "linker mold".to_owned(),
                "not measured: the budget is spent",
            ),
        ];
        assert_eq!(
            lines(&rows),
            [
                "setting      median  least–most     today then  of today  from scratch  target  program",
                "today        800 ms  700 ms–1.20 s  –           –         1.50 s        –       4 MiB",
                "linker mold  not measured: the budget is spent",
            ]
        );
    }
}
