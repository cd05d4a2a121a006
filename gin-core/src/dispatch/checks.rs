//! The conditions that the values of params must meet for a route to match.

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

    /// Returns the first param whose value is not of the type that the handler takes, with this value.
    #[cfg(debug_assertions)]
    pub(super) fn mistyped(&self, values: &Ranges, path: &str) -> Option<(&ParamNeed, String)> {
        self.0.iter().find_map(|check| {
            let Condition::Parses(param) = &check.condition else {
                return None;
            };
            let value = path::decode(values.value(check.index, path)?);
            let value = str::from_utf8(&value).ok()?;
            (!(param.parses)(value)).then(|| (param, value.to_owned()))
        })
    }

    fn all_pass(&self, values: &Ranges, path: &str) -> bool {
        self.0.iter().all(|check| {
            let value = values.value(check.index, path).unwrap_or_default();
            let value = path::decode(value);
            match check.condition {
                Condition::StaysBelow => stays_below(&value),
                // The handler rejects what is not text with a status of its own.
                Condition::Parses(param) => str::from_utf8(&value).map_or(true, param.parses),
            }
        })
    }
}
