//! Values that responses need from the groups around their handlers.

use std::any::TypeId;

/// A value that the groups around a handler provide, and that its response needs.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct ResponseNeed {
    pub(crate) id: TypeId,
    /// The message if no group provides the value, after the name of the route.
    pub(crate) message: &'static str,
}
