//! The sockets that a server listens on: TCP, Unix and inherited ones.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, ToSocketAddrs};
#[cfg(unix)]
use std::path::PathBuf;
use std::{env, fmt};

use listenfd::ListenFd;
#[cfg(unix)]
use tokio::net::UnixListener;
use tokio::net::{TcpListener, TcpSocket, lookup_host};
#[cfg(unix)]
use tokio_util::either::Either;

use crate::server::port_owner;
use crate::server::socket::PlainSocket;
#[cfg(unix)]
use crate::server::unix::{self, SocketFile};

/// A socket that a server listens on.
///
/// One that is bound already is a listener, too: tokio's `TcpListener` and `UnixListener` become one by `into`.
///
/// ```
/// use gin::server::Listener;
///
/// # #[tokio::main]
/// # async fn main() -> gin::Result<()> {
/// let listener = Listener::tcp("127.0.0.1:0").await?;
/// let address = listener.to_string();
/// assert!(address.starts_with("http://127.0.0.1:"));
///
/// let taken = address.trim_start_matches("http://");
/// let error = Listener::tcp(taken).await.expect_err("the address is in use");
/// assert!(error.to_string().starts_with(&format!("cannot listen on {taken}: ")));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Listener {
    kind: Kind,
    /// The process before this one may have had the socket as well.
    #[cfg_attr(
        not(feature = "http3"),
        expect(dead_code, reason = "only UDP has to wait for that process")
    )]
    pub(super) is_inherited: bool,
}

#[derive(Debug)]
enum Kind {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixListener, Option<SocketFile>),
}

/// A connection that has just been accepted.
pub(crate) struct Accepted {
    pub(crate) socket: PlainSocket,
    /// The client's address, over TCP.
    pub(crate) remote: Option<SocketAddr>,
}

impl Listener {
    /// Listens on a TCP address: `127.0.0.1:8080`, `[::]:80`, `localhost:0`.
    ///
    /// # Errors
    ///
    /// Fails if the address cannot be listened on. The message names it and, on Linux, the process that uses it.
    pub async fn tcp(address: &str) -> io::Result<Listener> {
        match bind(address).await {
            Ok(listener) => Ok(listener.into()),
            Err(error) => Err(refused(address, &error, || {
                let mut addresses = address.to_socket_addrs().into_iter().flatten();
                addresses.find_map(port_owner::of_port)
            })),
        }
    }

    /// Listens on a Unix socket. Its file is removed when the listener is dropped.
    ///
    /// A socket left over by a process that has ended is replaced. Any other file is not. This function exists on Unix only.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be listened on. The message names it and, on Linux, the process that uses it.
    #[cfg(unix)]
    pub async fn unix(path: impl Into<PathBuf>) -> io::Result<Listener> {
        let path = path.into();
        match unix::bind(&path).await {
            Ok(listener) => Ok(Listener::of(Kind::Unix(listener, Some(SocketFile(path))))),
            Err(error) => Err(refused(&path.display().to_string(), &error, || {
                port_owner::of_file(&path)
            })),
        }
    }

    /// Returns the sockets that the parent process passed on by `LISTEN_FDS` and `LISTEN_PID`, as systemd does.
    pub(crate) fn inherited() -> io::Result<Vec<Listener>> {
        let mut sockets = ListenFd::from_env();
        let listeners = (0..sockets.len()).map(|index| inherit(&mut sockets, index));
        // A socket of another kind is left to the app.
        let listeners = listeners.filter_map(Result::transpose);
        let inherited = listeners.map(|listener| {
            Ok(Listener {
                is_inherited: true,
                ..listener?
            })
        });
        inherited.collect()
    }

    fn of(kind: Kind) -> Listener {
        Listener {
            kind,
            is_inherited: false,
        }
    }

    /// Listens on `$HOST:$PORT`. Default: 127.0.0.1:8080.
    pub(crate) async fn of_environment() -> io::Result<Listener> {
        let host = env::var("HOST").unwrap_or_else(|_| "127.0.0.1".to_owned());
        let port = env::var("PORT").unwrap_or_else(|_| "8080".to_owned());
        if port.parse::<u16>().is_err() {
            let message = format!("PORT is `{port}`, which is not a port: a number up to 65535");
            return Err(io::Error::new(ErrorKind::InvalidInput, message));
        }
        if host.contains(':') {
            Listener::tcp(&format!("[{host}]:{port}")).await
        } else {
            Listener::tcp(&format!("{host}:{port}")).await
        }
    }

    /// Returns the address of a TCP socket.
    #[cfg(feature = "http3")]
    pub(crate) fn tcp_address(&self) -> Option<SocketAddr> {
        match &self.kind {
            Kind::Tcp(listener) => listener.local_addr().ok(),
            #[cfg(unix)]
            Kind::Unix(..) => None,
        }
    }

    /// Returns the port of a TCP socket.
    #[cfg(feature = "tls")]
    pub(crate) fn port(&self) -> Option<u16> {
        match &self.kind {
            Kind::Tcp(listener) => Some(listener.local_addr().ok()?.port()),
            #[cfg(unix)]
            Kind::Unix(..) => None,
        }
    }

    pub(crate) async fn accept(&self) -> io::Result<Accepted> {
        match &self.kind {
            Kind::Tcp(listener) => {
                let (stream, remote) = listener.accept().await?;
                // A response is written at once. Nagle's algorithm would only delay its last packet.
                stream.set_nodelay(true)?;
                #[cfg(unix)]
                let stream = Either::Left(stream);
                Ok(Accepted {
                    socket: stream,
                    remote: Some(remote),
                })
            }
            #[cfg(unix)]
            Kind::Unix(listener, _) => {
                let (stream, _) = listener.accept().await?;
                Ok(Accepted {
                    socket: Either::Right(stream),
                    remote: None,
                })
            }
        }
    }
}

impl fmt::Display for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Tcp(listener) => match listener.local_addr() {
                Ok(address) => write!(f, "http://{address}"),
                Err(_) => f.write_str("a TCP socket"),
            },
            #[cfg(unix)]
            Kind::Unix(_, Some(SocketFile(path))) => write!(f, "{}", path.display()),
            #[cfg(unix)]
            Kind::Unix(_, None) => f.write_str("a Unix socket"),
        }
    }
}

impl From<TcpListener> for Listener {
    fn from(listener: TcpListener) -> Listener {
        Listener::of(Kind::Tcp(listener))
    }
}

#[cfg(unix)]
impl From<UnixListener> for Listener {
    fn from(listener: UnixListener) -> Listener {
        Listener::of(Kind::Unix(listener, None))
    }
}

/// The number of clients that may wait to be accepted. The kernel may have a lower limit, as `net.core.somaxconn` on Linux.
///
/// A connection that finds no place there is tried again by the client's kernel after a second.
pub(crate) const BACKLOG: u32 = 4096;

/// Listens on the first of the addresses that can be listened on.
async fn bind(address: &str) -> io::Result<TcpListener> {
    let mut refused = None;
    for address in lookup_host(address).await? {
        match listen(address) {
            Ok(listener) => return Ok(listener),
            Err(error) => refused = Some(error),
        }
    }
    let unresolved = || io::Error::new(ErrorKind::InvalidInput, "the host has no address");
    Err(refused.unwrap_or_else(unresolved))
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A server that restarts need not wait for the connections of the one before. On Windows, the option would take the port from
    // a server that runs.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Returns the inherited socket at `index`, if it is a listening TCP or Unix socket.
fn inherit(sockets: &mut ListenFd, index: usize) -> io::Result<Option<Listener>> {
    // `take_tcp_listener` puts a socket of another kind back, so that it can still be taken as a Unix socket.
    if let Ok(Some(socket)) = sockets.take_tcp_listener(index) {
        socket.set_nonblocking(true)?;
        return Ok(Some(TcpListener::from_std(socket)?.into()));
    }
    #[cfg(unix)]
    if let Some(socket) = sockets.take_unix_listener(index)? {
        socket.set_nonblocking(true)?;
        return Ok(Some(UnixListener::from_std(socket)?.into()));
    }
    Ok(None)
}

/// Returns the error of a UDP socket, which HTTP/3 needs beside the TCP socket at `address`.
#[cfg(feature = "http3")]
pub(crate) fn udp_refused(address: SocketAddr, error: &io::Error) -> io::Error {
    let what = format!("{address} over UDP, for HTTP/3");
    refused(&what, error, || port_owner::of_udp_port(address))
}

/// Returns `error` with the address and, if it is in use, the process that `owner` finds.
fn refused(what: &str, error: &io::Error, owner: impl FnOnce() -> Option<u32>) -> io::Error {
    let is_taken = error.kind() == ErrorKind::AddrInUse;
    let remedy = match is_taken.then(owner) {
        Some(Some(process)) => {
            format!("; process {process} has it: stop it, or listen on another address")
        }
        Some(None) => "; listen on another address".to_owned(),
        None => String::new(),
    };
    let text = format!("cannot listen on {what}: {error}{remedy}");
    io::Error::new(error.kind(), text)
}
