//! The listening sockets of the dev server.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use anyhow::{Context as _, anyhow};
use tokio::net::TcpListener;

use crate::cli::{Actions, AddressOptions};
use crate::os::ports;
use crate::proxy::{AllowedHosts, Permit};

/// The listening sockets, and the settings that depend on their address.
#[derive(Debug)]
pub(super) struct Listeners {
    sockets: Vec<TcpListener>,
    address: SocketAddr,
    hosts: AllowedHosts,
}

impl Listeners {
    /// Opens the sockets: the requested address, and with 127.0.0.1 also `::1`, because `localhost` may resolve to either.
    pub(super) async fn bind(options: &AddressOptions) -> anyhow::Result<Listeners> {
        let hosts = AllowedHosts::parse(&options.allowed_host).map_err(|host| {
            anyhow!(
                "`{host}` is not a host name; --allowed-host takes one such as app.test or *.app.test"
            )
        })?;
        let address = SocketAddr::from((options.laddr, options.port));
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| unavailable(error, address))?;
        let address = listener
            .local_addr()
            .context("cannot find our own address")?;
        let mut sockets = vec![listener];
        if options.laddr == IpAddr::from(Ipv4Addr::LOCALHOST) {
            // The machine may have no IPv6, or another program may use the port there.
            sockets.extend(TcpListener::bind((Ipv6Addr::LOCALHOST, address.port())).await);
        }
        Ok(Listeners {
            sockets,
            address,
            hosts,
        })
    }

    /// Returns the URL that a browser on this machine can open.
    pub(super) fn url(&self) -> String {
        let ip = match self.address.ip() {
            ip if ip.is_unspecified() && ip.is_ipv4() => Ipv4Addr::LOCALHOST.into(),
            ip if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        format!("http://{}", SocketAddr::from((ip, self.address.port())))
    }

    /// Returns `true` if other machines can connect.
    pub(super) fn are_exposed(&self) -> bool {
        !self.address.ip().is_loopback()
    }

    /// Returns the clients that may trigger actions from the pages.
    pub(super) fn permit(&self, actions: Actions) -> Permit {
        match actions {
            Actions::Everyone => Permit::Everyone,
            Actions::Nobody => Permit::Nobody,
            Actions::Local if self.are_exposed() => Permit::Unexposed,
            Actions::Local => Permit::Local,
        }
    }

    /// Returns the hosts that requests may name.
    pub(super) fn hosts(&self) -> AllowedHosts {
        self.hosts.clone()
    }

    pub(super) fn into_sockets(self) -> Vec<TcpListener> {
        self.sockets
    }
}

fn unavailable(error: io::Error, address: SocketAddr) -> anyhow::Error {
    let port = address.port();
    let remedy = match error.kind() {
        ErrorKind::AddrInUse => {
            let holder = ports::describe_holder(port);
            format!("{holder}; stop it, or choose another port with --port")
        }
        ErrorKind::PermissionDenied => {
            format!("port {port} requires more privileges; choose one above 1023 with --port")
        }
        ErrorKind::AddrNotAvailable => {
            "this machine has no such address; choose another with --laddr".to_owned()
        }
        _ => "choose another address with --laddr or --port".to_owned(),
    };
    anyhow::Error::new(error).context(format!("cannot listen on {address}: {remedy}"))
}
