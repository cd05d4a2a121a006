//! The conditions that the values of params must meet for a route to match.

use std::borrow::Cow;

use gin_router::{Params as Ranges, Pattern, path};

use crate::extract::{Needs, ParamNeed};
use crate::request::stays_below;

/// The conditions of one route. Most routes have none.
#[derive(Default)]
pub(crate) struct Checks(Box<[Check]>);

/// A condition for the value of the param at `index`.
struct Check {
    index: usize,
    condition: Condition,
}

enum Condition {
    /// The text parses as the type that the handler takes.
    Parses(ParamNeed),
    /// The rest of the path has no `.` or `..`.
    StaysBelow,
}

impl Checks {
    /// Returns the conditions of the route with `pattern` whose handler has these `needs`.
    pub(crate) fn of(pattern: &Pattern, needs: &Needs) -> Checks {
        let typed = needs.typed_params().filter_map(|param| {
            let index = pattern.names().position(|own| own == param.name)?;
            let condition = Condition::Parses(*param);
            Some(Check { index, condition })
        });
        let rest = pattern.catch_all().map(|index| Check {
            index,
            condition: Condition::StaysBelow,
        });
        Checks(typed.chain(rest).collect())
    }

    /// Returns `true` if the values that the router found in `path` meet all conditions.
    #[inline]
    pub(crate) fn pass(&self, values: &Ranges, path: &str) -> bool {
        self.0.is_empty() || self.all_pass(values, path)
    }

    fn all_pass(&self, values: &Ranges, path: &str) -> bool {
        self.0.iter().all(|check| check.passes(values, path))
    }

    /// Iterates over the params whose values do not parse, each with its value.
    #[cfg(debug_assertions)]
    pub(super) fn unparsed<'a>(
        &'a self,
        values: &'a Ranges,
        path: &'a str,
    ) -> impl Iterator<Item = (&'a ParamNeed, String)> {
        let failed = self.0.iter().filter(|check| !check.passes(values, path));
        failed.filter_map(|check| match &check.condition {
            Condition::Parses(param) => {
                let value = check.value(values, path);
                Some((param, String::from_utf8_lossy(&value).into_owned()))
            }
            Condition::StaysBelow => None,
        })
    }
}

impl Check {
    fn value<'a>(&self, values: &Ranges, path: &'a str) -> Cow<'a, [u8]> {
        let value = values.value(self.index, path).unwrap_or_default();
        path::decode(value)
    }

    fn passes(&self, values: &Ranges, path: &str) -> bool {
        let value = self.value(values, path);
        match &self.condition {
            Condition::StaysBelow => stays_below(&value),
            // The handler rejects what is not text with a status of its own.
            Condition::Parses(param) => str::from_utf8(&value).map_or(true, param.parses),
        }
    }
}
