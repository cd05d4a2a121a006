//! The UDP sockets beside the TCP sockets of a server, and the time for which another process still has them.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use tokio::select;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tracing::warn;

use crate::failure::Error;
use crate::server::entrance::Entrance;
use crate::server::http3::alt_svc::Advertisement;
use crate::server::http3::endpoint::{Endpoint, Served};
use crate::server::https::Protection;
use crate::server::listener::udp_refused;
use crate::server::serve::Server;
use crate::server::settings::{BadSetting, check};
use crate::tls::Certificates;

/// HTTP/3 beside a TCP socket.
pub(crate) enum Opening {
    Open(Endpoint),
    /// The process that this one replaces still has the port. If both had it, packets of its connections would come here.
    Awaited(Awaited),
}

/// A UDP port that is to become free.
pub(crate) struct Awaited {
    address: SocketAddr,
    certificates: Certificates,
    advertisement: Advertisement,
    /// The port by which clients reach it.
    port: u16,
}

/// The time between two attempts to bind a port: the system does not announce that one has become free.
const PAUSE: Duration = Duration::from_millis(250);

impl Server {
    /// Returns the mistake of HTTP/3 without certificates.
    pub(in crate::server) fn http3_without_tls(&self) -> Option<BadSetting> {
        let at = self.http3.filter(|_| self.https.certificates.is_none())?;
        Some(BadSetting::http3_without_tls(at))
    }

    /// Listens over UDP beside the TCP sockets with TLS, if HTTP/3 is on.
    pub(in crate::server) fn openings(
        &self,
        entrances: &[Entrance],
    ) -> Result<Vec<Opening>, Error> {
        let (Some(at), Some(certificates)) = (self.http3, &self.https.certificates) else {
            return Ok(Vec::new());
        };
        let mut openings = Vec::new();
        for entrance in entrances {
            let is_secured = matches!(entrance.protection, Protection::Tls(_));
            let address = entrance.listener.tcp_address().filter(|_| is_secured);
            let Some(address) = address else { continue };
            let awaited = Awaited {
                address,
                certificates: certificates.clone(),
                advertisement: entrance.alt_svc.clone(),
                port: self.https.port_or(address.port()),
            };
            let opening = awaited.open(entrance.listener.is_inherited);
            openings.push(opening?);
        }
        if openings.is_empty() {
            check(&[BadSetting::http3_without_port(at)])?;
        }
        Ok(openings)
    }
}

impl Opening {
    /// Serves HTTP/3 from when it can until the server closes, and returns the connections that are still open.
    pub(crate) async fn run(self, served: Served) -> JoinSet<()> {
        let endpoint = match self {
            Opening::Open(endpoint) => Some(endpoint),
            Opening::Awaited(awaited) => select! {
                biased;
                () = served.closing.requested() => None,
                endpoint = awaited.endpoint() => endpoint,
            },
        };
        match endpoint {
            Some(endpoint) => endpoint.run(served).await,
            None => JoinSet::new(),
        }
    }
}

impl Awaited {
    /// Binds the port. If another process has it, that is an error, unless the TCP socket is inherited: then the process is most
    /// likely the one that had that socket before.
    fn open(self, is_inherited: bool) -> io::Result<Opening> {
        match self.bind() {
            Ok(endpoint) => Ok(Opening::Open(endpoint)),
            Err(error) => {
                let is_taken = error.kind() == ErrorKind::AddrInUse;
                let error = udp_refused(self.address, &error);
                if !(is_taken && is_inherited) {
                    return Err(error);
                }
                warn!("{error}; HTTP/3 begins when the port is free");
                Ok(Opening::Awaited(self))
            }
        }
    }

    fn bind(&self) -> io::Result<Endpoint> {
        let socket = UdpSocket::bind(self.address)?;
        let endpoint = Endpoint::new(socket, self.address, self.certificates.clone())?;
        self.advertisement.publish(self.port);
        Ok(endpoint)
    }

    /// Waits until the port is free. Returns `None` if it cannot be bound for another reason.
    async fn endpoint(&self) -> Option<Endpoint> {
        loop {
            sleep(PAUSE).await;
            match self.bind() {
                Ok(endpoint) => return Some(endpoint),
                Err(error) if error.kind() == ErrorKind::AddrInUse => {}
                Err(error) => {
                    warn!("{}: no HTTP/3 there", udp_refused(self.address, &error));
                    return None;
                }
            }
        }
    }
}
