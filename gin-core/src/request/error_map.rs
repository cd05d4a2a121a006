//! The responses that a group gives to errors, by their types.

use std::error::Error as StdError;
use std::fmt;
use std::iter::successors;
use std::sync::Arc;

use http::Response;

use crate::content::Body;
use crate::failure::Cause;

/// A function that returns the response to one error in the chain of a cause, if the error is of its type.
type Map = Arc<dyn Fn(&Cause, &(dyn StdError + 'static)) -> Option<Response<Body>> + Send + Sync>;

/// The responses to errors, by type. Those that were added last come first.
#[derive(Clone, Default)]
pub(crate) struct ErrorMap(Vec<Map>);

impl ErrorMap {
    pub(crate) fn add<E: StdError + Send + Sync + 'static>(
        &mut self,
        respond: impl Fn(&E) -> Response<Body> + Send + Sync + 'static,
    ) {
        let map: Map = Arc::new(move |cause, error| cause.at(error).map(&respond));
        self.0.push(map);
    }

    /// Returns this map together with what it does not replace of `outer`.
    pub(crate) fn within(&self, outer: &ErrorMap) -> ErrorMap {
        ErrorMap(outer.0.iter().chain(&self.0).cloned().collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the response to the error of `cause`, or to the first of its sources that has one.
    pub(crate) fn response(&self, cause: &Cause) -> Option<Response<Body>> {
        let error: &(dyn StdError + 'static) = cause.error();
        let mut chain = successors(Some(error), |error| cause.after(*error));
        chain.find_map(|error| self.0.iter().rev().find_map(|map| map(cause, error)))
    }
}

impl fmt::Debug for ErrorMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ErrorMap({})", self.0.len())
    }
}
