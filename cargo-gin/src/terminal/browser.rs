//! The person's browser.

use anyhow::{Context as _, anyhow};

/// Opens `url` in it.
pub(super) async fn open(url: String) -> anyhow::Result<()> {
    let target = url.clone();
    // A launcher is watched for a quarter of a second, and all else runs on this thread.
    let opened = tokio::task::spawn_blocking(move || open::that_detached(target)).await;
    let opened = opened.context("cannot open a browser")?;
    opened.map_err(|_| anyhow!("no browser can be opened from here; go to {url}"))
}
