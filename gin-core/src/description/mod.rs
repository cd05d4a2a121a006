//! Descriptions of operations: what a route takes and returns, as OpenAPI puts it.

mod fields;
mod operation;
mod request;
mod response;
mod schemas;

use std::fmt;

pub use operation::Operation;
pub(crate) use operation::{Described, Found, Presence};
pub(crate) use response::status_of;
pub(crate) use schemas::{Schemas, rename};

/// The facts that an attribute writes down about its function.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Description {
    /// The text of the function's doc comment.
    pub docs: &'static str,
    /// The note of `#[deprecated]`, if the function has one.
    pub deprecated: Option<&'static str>,
    /// The version of the function's package.
    pub version: &'static str,
    /// The statuses that the function's body names.
    pub statuses: &'static [&'static str],
    /// Adds the types of the function.
    pub describe: fn(&mut Operation),
}

impl fmt::Debug for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Description")
            .field("docs", &self.docs)
            .field("statuses", &self.statuses)
            .finish_non_exhaustive()
    }
}
