//! Work that a server does again and again.

use std::sync::Arc;

use anyhow::{Result, ensure};
use rustls::client::Resumption;
use rustls::{ClientConfig, HandshakeKind};

use crate::connection::Connection;
use crate::identity::Identity;
use crate::multiplexed::Multiplexed;

/// Work that a server does again and again.
pub(crate) enum Load {
    /// A new connection each time, with one request.
    Handshakes {
        address: String,
        client: Arc<ClientConfig>,
        kind: HandshakeKind,
    },
    /// A request on the same connection each time.
    Requests(Box<Connection>),
    /// Requests on all streams of a connection each time.
    Multiplexed(Box<Multiplexed>),
}

impl Load {
    pub(crate) fn full(address: &str, identity: &Identity) -> Result<Load> {
        Ok(Load::Handshakes {
            address: address.to_owned(),
            client: Arc::new(identity.client("http/1.1", Resumption::disabled())?),
            kind: HandshakeKind::Full,
        })
    }

    pub(crate) fn resumed(address: &str, identity: &Identity) -> Result<Load> {
        let client = Arc::new(identity.client("http/1.1", Resumption::default())?);
        let mut first = Connection::open(address, &client)?;
        first.request()?;
        first.close()?;
        Ok(Load::Handshakes {
            address: address.to_owned(),
            client,
            kind: HandshakeKind::Resumed,
        })
    }

    pub(crate) fn requests(address: &str, identity: &Identity) -> Result<Load> {
        let client = Arc::new(identity.client("http/1.1", Resumption::disabled())?);
        let connection = Connection::open(address, &client)?;
        Ok(Load::Requests(Box::new(connection)))
    }

    pub(crate) fn multiplexed(address: &str, identity: &Identity) -> Result<Load> {
        let client = identity.client("h2", Resumption::disabled())?;
        let connection = Multiplexed::open(address, client)?;
        Ok(Load::Multiplexed(Box::new(connection)))
    }

    /// Lets the server do the work once, and returns how many units it has.
    pub(crate) fn run(&mut self) -> Result<u32> {
        match self {
            Load::Handshakes {
                address,
                client,
                kind,
            } => {
                let mut connection = Connection::open(address, client)?;
                connection.request()?;
                let found = connection.handshake();
                ensure!(
                    found == Some(*kind),
                    "the handshake is {found:?} and not {kind:?}"
                );
                connection.close()?;
                Ok(1)
            }
            Load::Requests(connection) => connection.request().map(|()| 1),
            Load::Multiplexed(connection) => connection.request(),
        }
    }
}
