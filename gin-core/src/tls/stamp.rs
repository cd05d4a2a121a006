//! Files that are looked at until they change.

use std::fs::Metadata;
use std::path::Path;
use std::time::{Duration, SystemTime};

use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tracing::{info, warn};

use crate::tls::certificates::Certificates;

/// The pause between two looks.
const PAUSE: Duration = Duration::from_secs(1);

/// The marks by which a file that was replaced or written differs from before. `None` stands for a file that cannot be read.
type Stamp = Option<(SystemTime, u64, u64)>;

/// Reloads `certificates` whenever their files have changed, for ever.
///
/// A certificate and its key are two files, so that a change is taken only once both have stayed the same from one look to the
/// next. The metadata follows symbolic links, as Kubernetes replaces a link to the directory.
pub(crate) async fn watch(certificates: Certificates) {
    let mut taken = look(&certificates).await;
    let mut last = taken.clone();
    loop {
        sleep(PAUSE).await;
        let now = look(&certificates).await;
        let is_settled = now == last;
        last.clone_from(&now);
        if !is_settled || now == taken {
            continue;
        }
        taken = now;
        let loading = certificates.clone();
        match spawn_blocking(move || loading.reload()).await {
            Ok(Ok(())) => info!("the certificates were reloaded"),
            Ok(Err(error)) => warn!("the certificates stay as they were: {error}"),
            Err(_) => warn!("the certificates stay as they were: reloading them panicked"),
        }
    }
}

async fn look(certificates: &Certificates) -> Vec<Stamp> {
    let certificates = certificates.clone();
    let stamps = spawn_blocking(move || {
        certificates
            .files()
            .iter()
            .map(|path| stamp(path))
            .collect()
    });
    stamps.await.unwrap_or_default()
}

fn stamp(path: &Path) -> Stamp {
    let metadata = path.metadata().ok()?;
    Some((metadata.modified().ok()?, metadata.len(), inode(&metadata)))
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> u64 {
    0
}
