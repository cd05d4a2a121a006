//! A section of BENCHMARKS.md.

use std::fmt::{self, Display, Formatter};
use std::time::SystemTime;

use crate::benchmark::Benchmark;
use crate::machine::Machine;
use crate::table::{Table, one_line};

/// A section of BENCHMARKS.md: a benchmark, its tables, and the machine and the date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    pub(crate) heading: String,
    /// Markdown without blank lines around it.
    pub(crate) body: String,
}

impl Section {
    /// The section of a benchmark that `command` has measured on this machine, now.
    pub fn measured(benchmark: Benchmark, command: &str, tables: &[Table]) -> Section {
        let tables: Vec<_> = tables.iter().map(Table::to_string).collect();
        let when = format!(
            "Measured on {}: {}.",
            date(SystemTime::now()),
            Machine::this()
        );
        Section::new(benchmark, command, &tables.join("\n"), &when)
    }

    /// The section of a benchmark that could not be measured on this machine, for the given reason.
    pub fn not_measured(benchmark: Benchmark, reason: &dyn Display) -> Section {
        let reason = one_line(&reason.to_string());
        let when = format!("Tried on {}: {}.", date(SystemTime::now()), Machine::this());
        let reason = format!("Not measured: {reason}.\n");
        Section::new(benchmark, &benchmark.command(), &reason, &when)
    }

    fn new(benchmark: Benchmark, command: &str, findings: &str, when: &str) -> Section {
        let about = benchmark.about();
        Section {
            heading: benchmark.heading().to_owned(),
            body: format!("{about}\n\n```console\n$ {command}\n```\n\n{findings}\n{when}"),
        }
    }
}

impl Display for Section {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Section { heading, body } = self;
        writeln!(formatter, "## {heading}\n\n{body}")
    }
}

/// The date in UTC, as `2026-11-28`.
fn date(time: SystemTime) -> String {
    let mut text = humantime::format_rfc3339_seconds(time).to_string();
    text.truncate("2026-11-28".len());
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_date_is_that_of_the_time_in_utc() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(951_868_799);
        assert_eq!(date(time), "2000-02-29");
        assert_eq!(date(time + Duration::from_secs(1)), "2000-03-01");
    }

    #[test]
    fn a_section_that_could_not_be_measured_gives_the_reason_in_one_line() {
        let section = Section::not_measured(Benchmark::Edits, &"no cargo\n## Edits\n");
        assert!(
            section
                .body
                .contains("\n\nNot measured: no cargo ## Edits.\n\nTried on ")
        );
    }
}
