//! What a connection becomes after an upgrade: octets both ways.

use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional;

use super::lane::Lane;

/// Carries octets between the client and the app until both have no more.
///
/// `lane` is the way the upgrade was granted by; it stays until it has turned into the app's side.
pub(super) async fn carry(client: OnUpgrade, app: OnUpgrade, lane: Lane) {
    let Ok((client, app)) = tokio::try_join!(client, app) else {
        return;
    };
    drop(lane);
    // A side that breaks off takes the other with it, and there is nobody left to tell.
    let _ = copy_bidirectional(&mut TokioIo::new(client), &mut TokioIo::new(app)).await;
}
