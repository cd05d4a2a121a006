//! The parts of the dashboard that only some clients may see.

use crate::incidents::Route;
use crate::page::exchange::Exchange;
use crate::source::Sources;

/// The app's requests and routes, for clients that may see them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen<'a> {
    /// The URL of the app for users: that of the dev server, as the client has named it.
    pub(crate) url: &'a str,
    /// The latest requests, the newest first.
    pub(crate) requests: &'a [Exchange],
    /// `None` if the app does not report them.
    pub(crate) routes: Option<&'a [Route]>,
    /// The files that the routes name.
    pub(crate) files: &'a Sources,
}
