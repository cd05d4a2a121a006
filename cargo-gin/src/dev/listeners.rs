//! The listening sockets of the dev server.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use anyhow::{Context as _, anyhow};
use tokio::net::TcpListener;

use crate::cli::{Actions, AddressOptions, DEFAULT_PORT};
use crate::os::{networks, ports};
use crate::proxy::{AllowedHosts, Permit};
use crate::tls::{Material, Subject};

/// The listening sockets, and the settings that depend on their address.
#[derive(Debug)]
pub(super) struct Listeners {
    sockets: Vec<TcpListener>,
    address: SocketAddr,
    hosts: AllowedHosts,
    scheme: Scheme,
    /// The hosts that browsers reject, because the certificate is not for them.
    uncertified: Vec<String>,
}

impl Listeners {
    /// Opens the sockets: the requested address, and with 127.0.0.1 also `::1`, because `localhost` may resolve to either.
    pub(super) async fn bind(options: &AddressOptions) -> anyhow::Result<Listeners> {
        let hosts = AllowedHosts::parse(&options.allowed_host).map_err(|host| {
            anyhow!(
                "`{host}` is not a host name; --allowed-host takes one such as app.test or *.app.test"
            )
        })?;
        let address = SocketAddr::from((options.laddr, options.port.unwrap_or(DEFAULT_PORT)));
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
            scheme: Scheme::Http,
            uncertified: Vec::new(),
        })
    }

    /// Returns the same with TLS. Requests may name the hosts of the certificate as well.
    pub(super) fn with_certificate(mut self, certificate: &Material) -> Listeners {
        self.hosts.extend(certificate.names());
        self.scheme = Scheme::Https {
            host: certificate.host().to_owned(),
        };
        let names = self.hosts.names().map(Subject::Name);
        let addresses = self.network().into_iter().map(Subject::Address);
        let subjects = names.chain(addresses);
        self.uncertified = subjects
            .filter(|subject| !certificate.certifies(subject))
            .map(|subject| subject.to_string())
            .collect();
        self
    }

    /// Returns the URL that a browser on this machine can open.
    pub(super) fn url(&self) -> String {
        let ip = match self.address.ip() {
            ip if ip.is_unspecified() && ip.is_ipv4() => Ipv4Addr::LOCALHOST.into(),
            ip if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        match &self.scheme {
            Scheme::Https { host } if ip.is_loopback() => {
                format!("https://{host}:{}", self.address.port())
            }
            _ => self.url_of(ip),
        }
    }

    /// Returns the URLs that other machines on the network can open, the likeliest first.
    pub(super) fn network_urls(&self) -> Vec<String> {
        let addresses = self.network().into_iter();
        addresses.map(|ip| self.url_of(ip)).collect()
    }

    /// Returns the addresses that other machines can connect to.
    fn network(&self) -> Vec<IpAddr> {
        match self.address.ip() {
            own if own.is_loopback() => Vec::new(),
            own if own.is_unspecified() => networks::addresses(own),
            own => vec![own],
        }
    }

    /// Returns the port.
    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    fn url_of(&self, ip: IpAddr) -> String {
        let scheme = match self.scheme {
            Scheme::Http => "http",
            Scheme::Https { .. } => "https",
        };
        format!("{scheme}://{}", SocketAddr::from((ip, self.address.port())))
    }

    /// Returns what the user should know about the addresses and the certificate.
    pub(super) fn notices(&self) -> Vec<String> {
        let exposed = self.are_exposed().then(|| {
            "others on your network can reach this app, and the pages that show its source"
                .to_owned()
        });
        let uncertified = (!self.uncertified.is_empty()).then(|| {
            format!(
                "browsers will warn at https://{}: the certificate authority made for you is limited to names and addresses that nobody owns on the internet. Give --cert-file and --key-file, or use mkcert",
                self.uncertified.join(" and https://")
            )
        });
        exposed.into_iter().chain(uncertified).collect()
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

/// The scheme of the URLs.
#[derive(Debug)]
enum Scheme {
    Http,
    Https {
        /// The name under which a browser on this machine accepts the certificate.
        host: String,
    },
}

/// Returns the next port that is free.
fn free_port(address: SocketAddr) -> Option<u16> {
    /// The most ports that are tried.
    const NEAR: u16 = 100;
    let (ip, port) = (address.ip(), address.port());
    let mut others = port.saturating_add(1)..=port.saturating_add(NEAR);
    others.find(|other| std::net::TcpListener::bind((ip, *other)).is_ok())
}

fn unavailable(error: io::Error, address: SocketAddr) -> anyhow::Error {
    let port = address.port();
    let remedy = match error.kind() {
        ErrorKind::AddrInUse => {
            let holder = ports::describe_holder(port);
            match free_port(address) {
                Some(free) => format!(
                    "{holder}; stop it, or run with --port {free}, which `port = {free}` in [package.metadata.gin] makes the default"
                ),
                None => format!("{holder}; stop it, or choose another port with --port"),
            }
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
