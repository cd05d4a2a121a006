//! The readiness of an app that starts: its port is open, and it accepts connections there.
//!
//! The kernel completes connections to an open port by itself, and queues them until the app accepts them. An app that opens its
//! port first, or is started with it, and then waits for a database, is therefore not ready. It is once it reports so, or once
//! it has accepted a connection of ours, whichever comes first. Neither the port nor the queue announces a change, so they are
//! polled.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::os::{connections, ports};

/// The addresses at which an app is usually reached, also if it listens on all addresses.
const USUAL: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::LOCALHOST),
    IpAddr::V6(Ipv6Addr::LOCALHOST),
];

/// The port of an app that starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// The app was started with it, open at the IPv4 loopback address.
    Passed,
    /// The app opens it.
    OpenedByApp,
}

/// The ports that an app which is not ready has opened.
#[derive(Debug)]
pub(crate) struct Opened {
    /// `true` if its own is among them.
    pub(crate) has_own: bool,
    pub(crate) others: Vec<u16>,
}

/// Waits until the app's group accepts connections at its port, or reports that by `notified`. Returns the address. `report` is
/// called every second meanwhile.
pub(crate) async fn accepting(
    group: u32,
    port: u16,
    door: Door,
    notified: impl Future<Output = ()>,
    mut report: impl FnMut(Opened),
) -> SocketAddr {
    let (address, probe) = match door {
        Door::Passed => (SocketAddr::from((Ipv4Addr::LOCALHOST, port)), None),
        Door::OpenedByApp => {
            let probe = tokio::select! {
                probe = opened(group, port) => probe,
                probe = opened_elsewhere(group, port, &mut report) => probe,
            };
            (probe.to, Some(probe))
        }
    };
    tokio::select! {
        () = notified => {}
        () = accepted(address, probe) => {}
        never = reports_on(group, port, &mut report) => match never {},
    }
    address
}

/// A connection that was made to see whether the app accepts it. It is closed at once, so that an app that reads from one
/// connection at a time is not kept waiting.
#[derive(Clone, Copy, Debug)]
struct Probe {
    from: SocketAddr,
    to: SocketAddr,
}

impl Probe {
    /// Connects to an address. Returns `None` if no program listens there.
    async fn connect(to: SocketAddr) -> Option<Probe> {
        let stream = TcpStream::connect(to).await.ok()?;
        let from = stream.local_addr().ok()?;
        Some(Probe { from, to })
    }
}

/// Waits until the app has accepted `probe`, or else a new connection to `address`.
async fn accepted(address: SocketAddr, mut probe: Option<Probe>) {
    let pace = Pace::begin();
    loop {
        let before = Instant::now();
        match probe {
            None => probe = Probe::connect(address).await,
            // The connection also leaves the queue when the app exits, and closes its port by that.
            Some(Probe { from, to })
                if connections::is_accepted(from, to) && ports::is_open(to.port()) =>
            {
                return;
            }
            Some(_) => {}
        }
        // Where the kernel's tables are searched for the connection, that must not take all the time of a core.
        pace.pause_at_least(before.elapsed() * 10).await;
    }
}

/// Waits until the app's group listens on the port at a usual address.
async fn opened(group: u32, port: u16) -> Probe {
    let pace = Pace::begin();
    loop {
        for ip in USUAL {
            // Another program may have taken the port since we found it free.
            if let Some(probe) = Probe::connect((ip, port).into()).await
                && ports::is_opened_by(group, port)
            {
                return probe;
            }
        }
        pace.pause().await;
    }
}

/// Looks once a second where the app listens. Returns once that is its port at an unusual address. Until then, reports the
/// ports that it has opened instead.
async fn opened_elsewhere(group: u32, own: u16, report: &mut impl FnMut(Opened)) -> Probe {
    loop {
        sleep(Duration::from_secs(1)).await;
        let listed = ports::opened_by(group);
        let is_unusual = |address: &&SocketAddr| {
            let ip = address.ip();
            address.port() == own && !USUAL.contains(&ip) && !ip.is_unspecified()
        };
        if let Some(address) = listed.iter().find(is_unusual)
            && let Some(probe) = Probe::connect(*address).await
        {
            return probe;
        }
        report(Opened::among(&listed, own));
    }
}

/// Reports once a second which ports an app has opened whose own is open.
async fn reports_on(group: u32, own: u16, report: &mut impl FnMut(Opened)) -> Infallible {
    loop {
        sleep(Duration::from_secs(1)).await;
        report(Opened {
            has_own: true,
            ..Opened::among(&ports::opened_by(group), own)
        });
    }
}

impl Opened {
    /// Sorts the addresses on which an app listens whose own port is `own`.
    fn among(listed: &[SocketAddr], own: u16) -> Opened {
        let mut ports: BTreeSet<u16> = listed.iter().map(SocketAddr::port).collect();
        Opened {
            has_own: ports.remove(&own),
            others: ports.into_iter().collect(),
        }
    }
}

/// The pace of polling: every few ms, and slower once the app takes long.
struct Pace(Instant);

impl Pace {
    const EAGER: Duration = Duration::from_millis(2);
    const PATIENT: Duration = Duration::from_millis(10);
    const SLOW: Duration = Duration::from_millis(100);

    fn begin() -> Pace {
        Pace(Instant::now())
    }

    async fn pause(&self) {
        self.pause_at_least(Duration::ZERO).await;
    }

    async fn pause_at_least(&self, least: Duration) {
        let is_long = self.0.elapsed() >= Duration::from_secs(2);
        let pause = if is_long { Self::PATIENT } else { Self::EAGER };
        sleep(pause.max(least.min(Self::SLOW))).await;
    }
}
