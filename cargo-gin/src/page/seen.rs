//! The parts of the dashboard that only some clients may see.

use crate::incidents::Route;
use crate::page::exchange::Exchange;
use crate::source::Sources;

/// What of the app is only for those who may see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen<'a> {
    /// The last requests, the newest first.
    pub(crate) requests: &'a [Exchange],
    /// The routes, if the app tells them.
    pub(crate) routes: Option<&'a [Route]>,
    /// The files that the routes name.
    pub(crate) files: &'a Sources,
}
