//! The tunnel that a connection becomes after an upgrade: bytes pass both ways.

use std::io;

use hyper::upgrade::{OnUpgrade, Parts, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, copy, split};
use tokio::sync::watch;

use crate::proxy::forwarding::websocket::{Frames, SERVICE_RESTART};
use crate::proxy::upstream::{Connection, Transport, Upstream, WriteTolerant};
use crate::state::Status;

/// The size of the buffer for bytes to the client.
const BUFFER: usize = 8 * 1024;

/// A tunnel between a client and an app.
pub(crate) struct Tunnel {
    /// The app at its end.
    pub(crate) upstream: Upstream,
    /// Shows whether that app still serves requests.
    pub(crate) status: watch::Receiver<Status>,
    pub(crate) protocol: Protocol,
}

/// The protocol in a tunnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    WebSocket,
    /// Bytes without a known structure.
    Other,
}

impl Tunnel {
    /// Carries bytes between the client and the app until both have closed their sides.
    ///
    /// `connection` is the one on which the app granted the upgrade. It is kept until it has turned into the app's side.
    pub(crate) async fn carry(self, client: OnUpgrade, app: OnUpgrade, connection: Connection) {
        let Ok((client, app)) = tokio::try_join!(client, app) else {
            return;
        };
        drop(connection);
        // An error on one side ends the other, too, so it cannot be reported to either.
        let _ = self.join(client, app).await;
    }

    async fn join(self, client: Upgraded, app: Upgraded) -> io::Result<()> {
        let app: Parts<TokioIo<WriteTolerant<Transport>>> =
            app.downcast().map_err(|_| io::ErrorKind::Other)?;
        let (client_read, client_write) = split(TokioIo::new(client));
        let (app_read, app_write, _line) = app.io.into_inner().into_split();
        let early = io::Cursor::new(app.read_buf);
        tokio::try_join!(
            up(client_read, app_write),
            self.down(early.chain(app_read), client_write)
        )?;
        Ok(())
    }

    /// Carries the bytes of the app. If a WebSocket ends because its app was replaced, the client gets a close frame.
    async fn down(
        self,
        mut app: impl AsyncRead + Unpin,
        mut client: impl AsyncWrite + Unpin,
    ) -> io::Result<()> {
        let mut frames = Frames::default();
        let mut bytes = vec![0; BUFFER];
        loop {
            // An error is an end: an app that is killed resets its connections.
            let count = app.read(&mut bytes).await.unwrap_or(0);
            if count == 0 {
                break;
            }
            frames.follow(&bytes[..count]);
            client.write_all(&bytes[..count]).await?;
        }
        let is_replaced = Upstream::of(&self.status.borrow()) != Some(self.upstream);
        if self.protocol == Protocol::WebSocket && is_replaced && frames.is_open() {
            client.write_all(&SERVICE_RESTART).await?;
        }
        client.shutdown().await
    }
}

/// Carries the bytes of the client.
async fn up(
    mut client: impl AsyncRead + Unpin,
    mut app: impl AsyncWrite + Unpin,
) -> io::Result<()> {
    copy(&mut client, &mut app).await?;
    app.shutdown().await
}
