//! The responses that a group gives to errors, by their types.

use std::error::Error as StdError;
use std::sync::Arc;
use std::{fmt, io};

use http::Response;

use crate::content::Body;

/// A function that returns the response to an error, if the error is of its type.
type Map = Arc<dyn Fn(&(dyn StdError + 'static)) -> Option<Response<Body>> + Send + Sync>;

/// The responses to errors, by type. Those that were added last come first.
#[derive(Clone, Default)]
pub(crate) struct ErrorMap(Vec<Map>);

impl ErrorMap {
    pub(crate) fn add<E: StdError + 'static>(
        &mut self,
        respond: impl Fn(&E) -> Response<Body> + Send + Sync + 'static,
    ) {
        let map: Map = Arc::new(move |error| error.downcast_ref().map(&respond));
        self.0.push(map);
    }

    /// Returns this map together with what it does not replace of `outer`.
    pub(crate) fn within(&self, outer: &ErrorMap) -> ErrorMap {
        ErrorMap(outer.0.iter().chain(&self.0).cloned().collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the response to `error`, or to the first of its sources that has one.
    pub(crate) fn response(&self, error: &(dyn StdError + 'static)) -> Option<Response<Body>> {
        let mut next = Some(error);
        while let Some(error) = next {
            let response = self.0.iter().rev().find_map(|map| map(error));
            if response.is_some() {
                return response;
            }
            // The source of an I/O error is that of the error inside it.
            let inner = error.downcast_ref().and_then(io::Error::get_ref);
            next = match inner {
                Some(inner) => Some(inner),
                None => error.source(),
            };
        }
        None
    }
}

impl fmt::Debug for ErrorMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ErrorMap({})", self.0.len())
    }
}
