//! The results for users, as a table or as JSON.

use std::fmt::Write as _;
use std::path::Path;

use console::style;
use serde_json::{Value, json};

use crate::tune::bench::Costs;
use crate::tune::change::Change;
use crate::tune::finding::{Finding, Outcome};
use crate::tune::measurement::Results;
use crate::tune::offer::FileChange;
use crate::tune::sample::Millis;
use crate::tune::table::{self, Row};

/// The results of a measurement, and the changes that they suggest.
pub(super) struct Report<'a> {
    pub(super) root: &'a Path,
    pub(super) results: &'a Results,
    /// The finding whose changes are offered.
    pub(super) choice: Option<&'a Finding>,
    pub(super) files: &'a [FileChange],
}

impl Report<'_> {
    /// Returns the report for humans.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let edits: Vec<String> = self
            .edits()
            .map(|(file, line)| format!("{file}:{line}"))
            .collect();
        // Writing to a string never fails.
        let _ = writeln!(text, "\nbuilds after an edit of {}\n", edits.join(", "));
        let today = Row::today(self.results.today.summary(), self.results.costs);
        let rows: Vec<Row> = [today]
            .into_iter()
            .chain(self.findings().map(Row::of))
            .collect();
        for line in table::lines(&rows) {
            let _ = writeln!(text, "{line}");
        }
        for (name, reason) in &self.results.skipped {
            let _ = writeln!(
                text,
                "{} {}: {reason}",
                style("skipped").dim(),
                name.as_str()
            );
        }
        for remark in &self.results.advice {
            let _ = writeln!(text, "{} {remark}", style("note:").yellow().bold());
        }
        self.add_offer(&mut text);
        text
    }

    fn add_offer(&self, text: &mut String) {
        let Some(choice) = self.choice else {
            let _ = writeln!(text, "\n{}", self.remark());
            return;
        };
        let prices: Vec<String> = self.prices(choice);
        let _ = writeln!(
            text,
            "\nworth it: {}",
            style(&choice.candidate.title).bold()
        );
        for price in prices {
            let _ = writeln!(text, "  costs: {price}");
        }
        text.push('\n');
        for file in self.files {
            for line in file.diff(self.root).lines() {
                let line = match line.chars().next() {
                    Some('+') => style(line).green(),
                    Some('-') => style(line).red(),
                    _ => style(line),
                };
                let _ = writeln!(text, "{line}");
            }
        }
    }

    /// Returns the reason for which nothing is offered.
    fn remark(&self) -> String {
        let is_measured = |finding: &Finding| !matches!(finding.outcome, Outcome::Unmeasured);
        let clean = self.results.costs.clean.unwrap_or_default().as_secs();
        match self.results.findings.as_slice() {
            [] => "there is nothing to measure: all settings are as they are offered".to_owned(),
            findings if !findings.iter().any(is_measured) => format!(
                "nothing was measured: the build from scratch took {clean} s of the budget; raise it with --budget"
            ),
            _ => "no setting gains more than the spread of the measurements".to_owned(),
        }
    }

    /// Returns the prices of all parts of a candidate.
    fn prices(&self, choice: &Finding) -> Vec<String> {
        let parts = self.results.findings.iter().filter(|finding| {
            let mut names = finding.candidate.names.iter();
            names.all(|name| choice.candidate.names.contains(name))
        });
        let prices = parts.map(|finding| finding.candidate.price);
        prices
            .filter(|price| !price.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// Returns the report for tools.
    pub(super) fn json(&self) -> Value {
        let results = self.results;
        let edits = self.edits();
        let skipped = results.skipped.iter();
        json!({
            "edits": edits.map(|(file, line)| json!({ "file": file, "line": line })).collect::<Vec<_>>(),
            "today": {
                "edit": results.today.summary().map(Millis::from),
                "costs": costs(results.costs),
            },
            "candidates": self.findings().map(finding).collect::<Vec<_>>(),
            "skipped": skipped.map(|(name, reason)| json!({ "name": name.as_str(), "reason": reason })).collect::<Vec<_>>(),
            "advice": results.advice,
            "offer": self.choice.map(|choice| json!({
                "name": choice.candidate.id(),
                "prices": self.prices(choice),
                "diff": self.files.iter().map(|file| file.diff(self.root)).collect::<String>(),
            })),
        })
    }

    fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.results.findings.iter().chain(&self.results.again)
    }

    fn edits(&self) -> impl Iterator<Item = (String, usize)> {
        let edits = self.results.edits.iter();
        edits.map(|(path, line)| {
            let path = path.strip_prefix(self.root).unwrap_or(path);
            (path.display().to_string(), *line)
        })
    }
}

fn finding(finding: &Finding) -> Value {
    let candidate = &finding.candidate;
    let changes = candidate.changes.iter().map(Change::label);
    let mut value = json!({
        "name": candidate.id(),
        "title": candidate.title,
        "changes": changes.collect::<Vec<_>>(),
        "price": candidate.price,
    });
    let more = match &finding.outcome {
        Outcome::Compared(comparison, own) => json!({
            "verdict": comparison.verdict.as_str(),
            "today": Millis::from(comparison.today),
            "edit": Millis::from(comparison.changed),
            "ratio": (comparison.ratio() * 1000.0).round() / 1000.0,
            "costs": costs(*own),
        }),
        Outcome::Failed(reason) => json!({ "verdict": "failed", "reason": reason }),
        Outcome::Unmeasured => json!({ "verdict": "unmeasured", "reason": "the budget is spent" }),
    };
    if let (Value::Object(value), Value::Object(more)) = (&mut value, more) {
        value.extend(more);
    }
    value
}

fn costs(costs: Costs) -> Value {
    json!({
        "from_scratch": costs.clean.map(|time| time.as_millis()),
        "target": costs.target,
        "program": costs.program,
    })
}
