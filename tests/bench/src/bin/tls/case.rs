//! The cases: the work that is measured.

use anyhow::Result;

use crate::identity::Identity;
use crate::load::Load;

/// The work that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Full,
    Resumed,
    Requests,
    Multiplexed,
}

impl Case {
    pub(crate) const ALL: [Case; 4] =
        [Case::Full, Case::Resumed, Case::Requests, Case::Multiplexed];

    /// The name of its row.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Case::Full => "connection, full handshake",
            Case::Resumed => "connection, resumed session",
            Case::Requests => "request, HTTP/1.1",
            Case::Multiplexed => "request, one of 100 streams, HTTP/2",
        }
    }

    /// The threads of the client, each with a load of its own.
    pub(crate) fn threads(self) -> usize {
        match self {
            Case::Multiplexed => 1,
            _ => 4,
        }
    }

    /// The repetitions of the work in the shorter and in the longer of two runs that are counted.
    pub(crate) fn counted_runs(self) -> [u32; 2] {
        match self {
            Case::Full | Case::Resumed => [5, 25],
            Case::Requests => [50, 550],
            Case::Multiplexed => [2, 12],
        }
    }

    pub(crate) fn load(self, address: &str, identity: &Identity) -> Result<Load> {
        match self {
            Case::Full => Load::full(address, identity),
            Case::Resumed => Load::resumed(address, identity),
            Case::Requests => Load::requests(address, identity),
            Case::Multiplexed => Load::multiplexed(address, identity),
        }
    }
}
