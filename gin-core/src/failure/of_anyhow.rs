//! An `anyhow::Error` as the cause of a problem.

use std::error::Error as StdError;
use std::fmt;

use crate::failure::BoxError;

/// An `anyhow::Error` that keeps the contexts which it was given. Among the sources of an error they have a type of anyhow's own, and
/// only anyhow finds them by theirs.
pub(super) struct OfAnyhow(pub(super) anyhow::Error);

impl OfAnyhow {
    /// Returns the error of type `E` that is the error `level` of the chain, or the context that it adds.
    pub(super) fn at<'a, E>(&'a self, level: &(dyn StdError + 'static)) -> Option<&'a E>
    where
        E: fmt::Debug + fmt::Display + Send + Sync + 'static,
    {
        let OfAnyhow(error) = self;
        error.downcast_ref().filter(|found| contains(level, *found))
    }

    /// Returns the error in a box that is the error `level` of the chain.
    pub(super) fn boxed_at(
        &self,
        level: &(dyn StdError + 'static),
    ) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        let boxed: &BoxError = self.at(level)?;
        Some(&**boxed)
    }
}

/// Returns `true` if a value lies in the memory of an error, as that of one of its fields does.
fn contains<E>(error: &(dyn StdError + 'static), value: &E) -> bool {
    let start = std::ptr::from_ref(error).addr();
    let end = start + size_of_val(error);
    (start..=end).contains(&std::ptr::from_ref(value).addr())
}

impl fmt::Display for OfAnyhow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for OfAnyhow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl StdError for OfAnyhow {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}
