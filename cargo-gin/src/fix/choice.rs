//! The id of one suggestion of a build, or of all.

use std::fmt::{self, Display};
use std::str::FromStr;

/// The id that a page sends to apply suggestions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// `all`: every suggestion that rustc is sure of.
    All,
    /// `3.1.0`: one alternative of the suggestion of one child of one diagnostic, all counted from 0.
    One {
        /// The index of the diagnostic in its build.
        diagnostic: usize,
        /// The index of the child in its diagnostic.
        child: usize,
        /// The index of the alternative in its suggestion.
        alternative: usize,
    },
}

impl Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Choice::All => f.write_str("all"),
            Choice::One {
                diagnostic,
                child,
                alternative,
            } => write!(f, "{diagnostic}.{child}.{alternative}"),
        }
    }
}

impl FromStr for Choice {
    type Err = Unknown;

    fn from_str(id: &str) -> Result<Choice, Unknown> {
        if id == "all" {
            return Ok(Choice::All);
        }
        let (diagnostic, rest) = id.split_once('.').ok_or(Unknown)?;
        let (child, alternative) = rest.split_once('.').ok_or(Unknown)?;
        Ok(Choice::One {
            diagnostic: diagnostic.parse().map_err(|_| Unknown)?,
            child: child.parse().map_err(|_| Unknown)?,
            alternative: alternative.parse().map_err(|_| Unknown)?,
        })
    }
}

/// The error for text that is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unknown;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_survive_a_round_trip() {
        for id in ["all", "0.0.0", "12.3.4"] {
            assert_eq!(id.parse::<Choice>().unwrap().to_string(), id);
        }
        for id in ["", "1", "1.2", "1.2.", "a.b.c", "1.2.3.4", "-1.0.0", "ALL"] {
            assert_eq!(id.parse::<Choice>(), Err(Unknown));
        }
    }
}
