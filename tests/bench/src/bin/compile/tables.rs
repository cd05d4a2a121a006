//! The costs of builds as tables: a row for each size and cause, a column for each framework.

use gin_bench::Table;
use gin_bench::statistics::{least, median, percentile};

use crate::Builds;
use crate::app::{Framework, Size};
use crate::edit::Cause;
use crate::profile::Profile;

/// The tables of one profile.
pub(crate) fn of(profile: Profile, rounds: u32, builds: &[Builds]) -> Vec<Table> {
    let figures = Figures { profile, builds };
    let whole = Cause::Clean.rounds(rounds);
    let rounds = format!("{rounds} (whole crates: {whole}), {}", profile.label());
    let [baseline, frameworks @ ..] = Framework::ALL;
    let baseline = baseline.label();
    let functions = Framework::Gin.label();
    vec![
        figures.table(
            format!("Seconds, least of {rounds}"),
            &Framework::ALL,
            |builds, _| seconds(least(builds.costs.iter().map(|cost| cost.wall))),
        ),
        figures.table(
            format!("CPU seconds of all processes, least of {rounds}"),
            &Framework::ALL,
            |builds, _| seconds(least(builds.cpu())),
        ),
        // A small difference shows between two builds of one round, when it is lost between the medians of all.
        figures.table(
            format!("CPU seconds more than the {baseline} of the same round, median and half of {rounds}"),
            &frameworks,
            |builds, others| {
                let more = more(builds, others.baseline);
                let [low, high] = [25, 75].map(|percent| seconds(percentile(&more, percent)));
                format!("{} ({low} to {high})", seconds(median(more)))
            },
        ),
        figures.table(
            format!("CPU time above the {baseline} ÷ that of {functions}, medians of {rounds}"),
            &frameworks,
            |builds, others| {
                let [own, functions] = [builds, others.functions]
                    .map(|builds| median(more(builds, others.baseline)));
                // Without a difference that can be measured, nothing is a multiple of it.
                if functions > 0.0 {
                    seconds(own / functions)
                } else {
                    "-".to_owned()
                }
            },
        ),
    ]
}

/// The builds that those of another app are compared with.
struct Others<'a> {
    baseline: &'a Builds,
    functions: &'a Builds,
}

/// The CPU time of each build above that of the baseline in the same round.
fn more(builds: &Builds, baseline: &Builds) -> Vec<f64> {
    let pairs = builds.cpu().zip(baseline.cpu());
    pairs.map(|(build, baseline)| build - baseline).collect()
}

fn seconds(value: f64) -> String {
    format!("{value:.2}")
}

impl Builds {
    fn cpu(&self) -> impl Iterator<Item = f64> {
        self.costs.iter().map(|cost| cost.cpu)
    }
}

struct Figures<'a> {
    profile: Profile,
    builds: &'a [Builds],
}

impl Figures<'_> {
    /// A table whose cells `cell` takes from the builds of an app and from those to compare them with.
    fn table(
        &self,
        caption: String,
        frameworks: &[Framework],
        cell: impl Fn(&Builds, &Others<'_>) -> String,
    ) -> Table {
        let header = frameworks.iter().map(|framework| framework.label());
        let mut rows = Vec::new();
        for &size in self.profile.sizes() {
            for cause in Cause::ALL {
                let others = Others {
                    baseline: self.builds(size, cause, Framework::Baseline),
                    functions: self.builds(size, cause, Framework::Gin),
                };
                let cells = frameworks
                    .iter()
                    .map(|&framework| cell(self.builds(size, cause, framework), &others));
                let label = format!("{} handlers, {}", size.handler_count(), cause.label());
                rows.push([label].into_iter().chain(cells).collect());
            }
        }
        Table::new(caption, [""].into_iter().chain(header), rows)
    }

    fn builds(&self, size: Size, cause: Cause, framework: Framework) -> &Builds {
        let is_meant = |builds: &&Builds| {
            (builds.app.size, builds.app.framework, builds.cause) == (size, framework, cause)
        };
        let found = self.builds.iter().find(is_meant);
        found.expect("every app of the profile is built for every cause")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::App;
    use crate::edit::Cost;

    fn costs(seconds: [f64; 3]) -> Vec<Cost> {
        seconds
            .map(|wall| Cost {
                wall,
                cpu: 2.0 * wall,
            })
            .into()
    }

    #[test]
    fn an_app_is_compared_with_the_baseline_of_the_same_round() {
        let apps = Profile::Dev.apps().into_iter();
        let builds = apps.flat_map(|app: App| {
            let costs = match app.framework {
                Framework::Baseline => costs([1.0, 5.0, 3.0]),
                Framework::Gin => costs([1.5, 5.1, 3.2]),
                _ => costs([2.0, 5.3, 3.6]),
            };
            Cause::ALL.map(|cause| Builds {
                app,
                cause,
                costs: costs.clone(),
            })
        });
        let tables = of(Profile::Dev, 3, &builds.collect::<Vec<_>>());
        let rows = [
            "| 6 handlers, a line of main.rs  |     1.00 |           1.50 |            2.00 |",
            "| 6 handlers, a line of main.rs  |     2.00 |           3.00 |            4.00 |",
            "| 6 handlers, a line of main.rs  | 0.40 (0.20 to 1.00) | 1.20 (0.60 to 2.00) |",
            "| 6 handlers, a line of main.rs  |           1.00 |            3.00 | 3.00 |",
        ];
        for (table, row) in tables.iter().zip(rows) {
            assert!(table.to_string().contains(row), "{table} has no {row}");
        }
    }
}
