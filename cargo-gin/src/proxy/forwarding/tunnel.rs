//! What a connection becomes after an upgrade: octets both ways.

use std::io;

use hyper::upgrade::{OnUpgrade, Parts, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, copy, split};
use tokio::sync::watch;

use crate::proxy::forwarding::websocket::{Frames, SERVICE_RESTART};
use crate::proxy::upstream::{App, Lane, Patient};
use crate::state::Status;

/// How many octets are on their way to the client at once.
const BUFFER: usize = 8 * 1024;

/// What the app's side of a tunnel is told by, and what it is told in.
pub(crate) struct Tunnel {
    /// The app at its end.
    pub(crate) app: App,
    /// Tells whether that app is still the one to ask.
    pub(crate) status: watch::Receiver<Status>,
    /// What is spoken in it.
    pub(crate) protocol: Protocol,
}

/// What is spoken in a tunnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// Frames that can be told apart.
    WebSocket,
    /// Octets.
    Other,
}

impl Tunnel {
    /// Carries octets between the client and the app until both have no more.
    ///
    /// `lane` is the way the upgrade was granted by; it stays until it has turned into the app's side.
    pub(crate) async fn carry(self, client: OnUpgrade, app: OnUpgrade, lane: Lane) {
        let Ok((client, app)) = tokio::try_join!(client, app) else {
            return;
        };
        drop(lane);
        // A side that breaks off takes the other with it, and there is nobody left to tell.
        let _ = self.join(client, app).await;
    }

    async fn join(self, client: Upgraded, app: Upgraded) -> io::Result<()> {
        let app: Parts<TokioIo<Patient>> = app.downcast().map_err(|_| io::ErrorKind::Other)?;
        let (client_read, client_write) = split(TokioIo::new(client));
        let (app_read, app_write) = app.io.into_inner().into_split();
        let early = io::Cursor::new(app.read_buf);
        tokio::try_join!(
            up(client_read, app_write),
            self.down(early.chain(app_read), client_write)
        )?;
        Ok(())
    }

    /// Carries what the app says. A WebSocket that ends because its app was replaced is told so.
    async fn down(
        self,
        mut app: impl AsyncRead + Unpin,
        mut client: impl AsyncWrite + Unpin,
    ) -> io::Result<()> {
        let mut frames = Frames::default();
        let mut octets = vec![0; BUFFER];
        loop {
            // An app that is killed resets its connections.
            let count = app.read(&mut octets).await.unwrap_or(0);
            if count == 0 {
                break;
            }
            frames.follow(&octets[..count]);
            client.write_all(&octets[..count]).await?;
        }
        let is_replaced = App::of(&self.status.borrow()) != Some(self.app);
        if self.protocol == Protocol::WebSocket && is_replaced && frames.is_open() {
            client.write_all(&SERVICE_RESTART).await?;
        }
        client.shutdown().await
    }
}

/// Carries what the client says.
async fn up(
    mut client: impl AsyncRead + Unpin,
    mut app: impl AsyncWrite + Unpin,
) -> io::Result<()> {
    copy(&mut client, &mut app).await?;
    app.shutdown().await
}
