//! The figures of all sets as tables: a row for each set, a column for each router.

use gin_bench::statistics::least;
use gin_bench::{Table, grouped, valgrind};

use crate::{Figures, ROUTERS};

pub(crate) fn of(figures: &[Figures]) -> Vec<Table> {
    vec![
        instructions(figures),
        times(figures),
        table("Allocations of a lookup", figures, |figures| {
            figures
                .allocations
                .map(|count| format!("{count:.2}"))
                .into()
        }),
    ]
}

fn instructions(figures: &[Figures]) -> Table {
    let caption = "Instructions of a lookup";
    if figures.iter().any(|figures| figures.instructions.is_none()) {
        return Table::not_measured(caption, valgrind::MISSING);
    }
    table(caption, figures, |figures| {
        let counts = figures.instructions.iter().flatten();
        counts.map(grouped).collect()
    })
}

fn times(figures: &[Figures]) -> Table {
    let header = ROUTERS.into_iter().chain(["fastest other ÷ gin"]);
    let rows = figures.iter().map(|figures| {
        let [gin, others @ ..] = figures.nanos;
        let mut cells = vec![label(figures)];
        cells.extend(figures.nanos.map(|nanos| format!("{nanos:.1}")));
        cells.push(format!("{:.2}", least(others) / gin));
        cells
    });
    Table::new("Time of a lookup, ns", [""].into_iter().chain(header), rows)
}

fn table(caption: &str, figures: &[Figures], cells: impl Fn(&Figures) -> Vec<String>) -> Table {
    let rows = figures.iter().map(|figures| {
        let mut row = vec![label(figures)];
        row.extend(cells(figures));
        row
    });
    Table::new(caption, [""].into_iter().chain(ROUTERS), rows)
}

fn label(figures: &Figures) -> String {
    let set = &figures.set;
    format!("{}, {} routes", set.name, set.patterns.len())
}
