//! Certificates whose files are looked at until they change.

use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tracing::{info, warn};

use crate::tls::certificates::Certificates;
use crate::tls::stamp::Stamp;

/// The pause between two looks.
const PAUSE: Duration = Duration::from_secs(1);

/// Reloads loaded certificates whenever their files have changed since, for ever.
///
/// A certificate and its key are two files, so that a change is taken only once both have stayed the same from one look to the
/// next.
pub(crate) async fn watch(certificates: Certificates) {
    // Not those of a first look: the files may have changed between their loading and that.
    let mut taken = certificates.loaded_stamps();
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
    let stamps = spawn_blocking(move || certificates.stamps());
    stamps.await.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::sync::Arc;

    use tokio::time::timeout;

    use super::*;

    /// Writes a new certificate for `localhost`, and its key.
    fn issue(directory: &Path) {
        let issued = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        fs::write(directory.join("a.pem"), issued.cert.pem()).unwrap();
        fs::write(directory.join("a.key"), issued.signing_key.serialize_pem()).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_between_the_loading_and_the_first_look_is_noticed() {
        let directory = tempfile::tempdir().unwrap();
        issue(directory.path());
        let path = |name| directory.path().join(name);
        let certificates = Certificates::pem(path("a.pem"), path("a.key"));
        certificates.reload().unwrap();
        let loaded = certificates.current().unwrap();
        // Another inode, whatever the resolution of the file system's clock.
        for name in ["a.pem", "a.key"] {
            fs::rename(path(name), path("former")).unwrap();
        }
        issue(directory.path());
        tokio::spawn(watch(certificates.clone()));
        let is_the_same = || Arc::ptr_eq(&loaded, &certificates.current().unwrap());
        let reloaded = timeout(PAUSE * 10, async {
            while is_the_same() {
                sleep(PAUSE).await;
            }
        });
        assert!(reloaded.await.is_ok());
    }
}
