//! State that a handler needs and no group gives.

use std::fmt;

use crate::extract::type_name;

/// The type of the missing state, and the types that the groups around the handler give.
#[derive(Debug)]
pub(crate) struct MissingState {
    pub(crate) needed: &'static str,
    pub(crate) given: Vec<&'static str>,
}

impl fmt::Display for MissingState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let needed = self.name(self.needed);
        write!(f, "needs State<{needed}>; give it with `.state(…)`")?;
        if self.given.is_empty() {
            return Ok(());
        }
        let given: Vec<_> = self.given.iter().map(|given| self.name(given)).collect();
        write!(f, "; the groups around it give {}", given.join(", "))?;
        let outermost = type_name::outermost(self.needed);
        let is_near = |given: &&&str| type_name::outermost(given) == outermost;
        match self.given.iter().find(is_near) {
            Some(near) => write!(
                f,
                ", but `{}` is another type: write `let value: {needed} = …; group.state(value)`",
                self.name(near)
            ),
            None => Ok(()),
        }
    }
}

impl MissingState {
    /// Returns the name of a type as it is written or, if two types are written alike, with its path.
    fn name(&self, name: &str) -> String {
        let short = type_name::short(name);
        let mut all = self.given.iter().chain([&self.needed]);
        let is_unique = all.all(|other| *other == name || type_name::short(other) != short);
        if is_unique { short } else { name.to_owned() }
    }
}
