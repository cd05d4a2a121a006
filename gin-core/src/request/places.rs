//! Places: the prefixes below which an app has its handlers.

use std::sync::OnceLock;

use gin_router::Pattern;

/// A handler, and the prefixes of the groups around its route.
#[derive(Debug)]
pub(crate) struct Place {
    /// The full name. Functions of the same name can be inside several other functions of one module.
    pub(crate) handler: &'static str,
    /// The file and the line of the attribute.
    pub(crate) at: (&'static str, u32),
    /// `None` if no group has a prefix.
    pub(crate) prefix: Option<Pattern>,
}

/// The places of all handlers of an app, which are known once all of its groups are.
#[derive(Debug, Default)]
pub(crate) struct Places(OnceLock<Vec<Place>>);

impl Places {
    pub(crate) fn fill(&self, places: Vec<Place>) {
        // An engine is built once, so there are no earlier ones.
        let _ = self.0.set(places);
    }

    /// Returns the first place of the handler with this name, whose attribute is at this file and line.
    pub(crate) fn find(&self, handler: &str, at: (&str, u32)) -> Option<&Place> {
        let mut places = self.0.get()?.iter();
        places.find(|place| place.handler == handler && place.at == at)
    }
}
