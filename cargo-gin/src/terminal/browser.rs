//! The user's browser.

use anyhow::{Context as _, anyhow};

/// Opens `url` in the browser.
pub(super) async fn open(url: String) -> anyhow::Result<()> {
    let target = url.clone();
    // The launcher is watched for a quarter of a second, which would block this thread.
    let opened = tokio::task::spawn_blocking(move || open::that_detached(target)).await;
    let opened = opened.context("cannot open a browser")?;
    opened.map_err(|_| anyhow!("cannot open a browser from here; go to {url}"))
}
