//! Work that a server does again and again.

use anyhow::Result;

/// Work that a server does again and again, on connections that stay open.
pub(crate) trait Load: Send {
    /// Lets the server do the work once, and returns how many units it has.
    fn run(&mut self) -> Result<u32>;
}
