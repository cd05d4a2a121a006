//! The person's browser.

use anyhow::Context as _;

/// Opens `url` in it.
pub(super) fn open(url: &str) -> anyhow::Result<()> {
    open::that_detached(url).with_context(|| format!("cannot open {url} in a browser"))
}
