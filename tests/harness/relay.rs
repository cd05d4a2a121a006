//! A port that stays the same while dev servers come and go.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::dev::Dev;

/// Forwards connections to the current dev server. While that one does not run, they are closed at once.
#[derive(Debug)]
pub struct Relay {
    port: u16,
    target: watch::Sender<Option<SocketAddr>>,
}

impl Relay {
    /// Starts a relay without a dev server.
    pub async fn start() -> Relay {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        let target = watch::Sender::new(None);
        let targets = target.subscribe();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(forward(client, *targets.borrow()));
            }
        });
        let port = address.port();
        Relay { port, target }
    }

    /// Forwards later connections to this dev server.
    pub fn forwards_to(&self, app: &Dev) {
        self.target.send_replace(Some(app.address()));
    }

    /// Returns the URL of a page behind the relay.
    pub fn url(&self, page: &str) -> String {
        format!("http://localhost:{}{page}", self.port)
    }
}

/// Copies the bytes of a connection in both directions, to its end.
async fn forward(mut client: TcpStream, target: Option<SocketAddr>) -> Option<()> {
    let mut server = TcpStream::connect(target?).await.ok()?;
    copy_bidirectional(&mut client, &mut server).await.ok()?;
    Some(())
}
