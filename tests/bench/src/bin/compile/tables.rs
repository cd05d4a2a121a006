//! The costs of builds as tables: a row for each size and cause, a column for each framework.

use gin_bench::Table;
use gin_bench::statistics::{least, median};

use crate::Builds;
use crate::app::{Framework, Size};
use crate::edit::{Cause, Cost};
use crate::profile::Profile;

/// The tables of one profile.
pub(crate) fn of(profile: Profile, rounds: u32, builds: &[Builds]) -> Vec<Table> {
    let profile_label = profile.label();
    let figures = Figures { profile, builds };
    let wall = |cost: &Cost| cost.wall;
    let [baseline, frameworks @ ..] = Framework::ALL;
    vec![
        figures.table(
            format!("Seconds, least of {rounds}, {profile_label}"),
            &Framework::ALL,
            |builds, _| least(builds.costs.iter().map(wall)),
        ),
        figures.table(
            format!("Seconds, median of {rounds}, {profile_label}"),
            &Framework::ALL,
            |builds, _| median(builds.costs.iter().map(wall)),
        ),
        figures.table(
            format!("CPU seconds of all processes, least of {rounds}, {profile_label}"),
            &Framework::ALL,
            |builds, _| least(builds.costs.iter().map(|cost| cost.cpu)),
        ),
        // A small difference shows between two builds of one round, when it is lost between the medians of all.
        figures.table(
            format!(
                "Seconds more than the {} of the same round, median of {rounds}, {profile_label}",
                baseline.label()
            ),
            &frameworks,
            |builds, baseline| {
                let pairs = builds.costs.iter().zip(&baseline.costs);
                median(pairs.map(|(build, baseline)| build.wall - baseline.wall))
            },
        ),
    ]
}

struct Figures<'a> {
    profile: Profile,
    builds: &'a [Builds],
}

impl Figures<'_> {
    /// A table whose cells `seconds` takes from the builds of an app and from those of the baseline.
    fn table(
        &self,
        caption: String,
        frameworks: &[Framework],
        seconds: impl Fn(&Builds, &Builds) -> f64,
    ) -> Table {
        let header = frameworks.iter().map(|framework| framework.label());
        let mut rows = Vec::new();
        for &size in self.profile.sizes() {
            for cause in Cause::ALL {
                let baseline = self.builds(size, cause, Framework::Baseline);
                let cells = frameworks.iter().map(|&framework| {
                    let builds = self.builds(size, cause, framework);
                    format!("{:.2}", seconds(builds, baseline))
                });
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
                _ => costs([1.5, 5.1, 3.2]),
            };
            Cause::ALL.map(|cause| Builds {
                app,
                cause,
                costs: costs.clone(),
            })
        });
        let tables = of(Profile::Dev, 3, &builds.collect::<Vec<_>>());
        let rows = [
            "| 6 handlers, a line of main.rs  |     1.00 |           1.50 |",
            "| 6 handlers, a line of main.rs  |     3.00 |           3.20 |",
            "| 6 handlers, a line of main.rs  |     2.00 |           3.00 |",
            "| 6 handlers, a line of main.rs  |           0.20 |            0.20 |",
        ];
        for (table, row) in tables.iter().zip(rows) {
            assert!(table.to_string().contains(row), "{table} has no {row}");
        }
    }
}
