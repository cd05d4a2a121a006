//! A port that outlives dev servers.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::dev::Dev;

/// Leads connections to the dev server that was named last. While that one is gone, they are closed at once.
#[derive(Debug)]
pub struct Relay {
    port: u16,
    target: watch::Sender<Option<SocketAddr>>,
}

impl Relay {
    /// A relay that leads nowhere yet.
    pub async fn start() -> Relay {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        let target = watch::Sender::new(None);
        let targets = target.subscribe();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(lead(client, *targets.borrow()));
            }
        });
        let port = address.port();
        Relay { port, target }
    }

    /// Leads what comes from now on to this dev server.
    pub fn forwards_to(&self, app: &Dev) {
        self.target.send_replace(Some(app.address()));
    }

    /// Where a person finds a page.
    pub fn url(&self, page: &str) -> String {
        format!("http://localhost:{}{page}", self.port)
    }
}

/// Carries a connection's octets both ways, to its end.
async fn lead(mut client: TcpStream, target: Option<SocketAddr>) -> Option<()> {
    let mut server = TcpStream::connect(target?).await.ok()?;
    copy_bidirectional(&mut client, &mut server).await.ok()?;
    Some(())
}
