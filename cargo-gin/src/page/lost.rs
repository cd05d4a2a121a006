//! Requests that the app lost, as all formats show them.

use std::borrow::Cow;

use crate::panic::Panic;
use crate::source::Sources;
use crate::state::Tail;

/// A request that the app did not respond to, although it runs, and the output that may say why.
#[derive(Clone, Debug)]
pub(crate) struct Lost {
    /// The heading, if it is not the usual one.
    pub(crate) headline: Option<String>,
    /// A sentence about the way in which it was lost.
    pub(crate) detail: Cow<'static, str>,
    /// The output since the request, or the last output if there is none since.
    pub(crate) output: Tail,
    /// The panics since the request, oldest first.
    pub(crate) panics: Vec<Panic>,
    /// The text of the files that the panics name.
    pub(crate) sources: Sources,
}
