//! Where a server listens: TCP, Unix and inherited sockets.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, ToSocketAddrs};
#[cfg(unix)]
use std::path::PathBuf;
use std::{env, fmt};

use listenfd::ListenFd;
use tokio::net::{TcpListener, TcpStream};
#[cfg(unix)]
use tokio::net::{UnixListener, UnixStream};
#[cfg(unix)]
use tokio_util::either::Either;

use crate::server::port_owner;
#[cfg(unix)]
use crate::server::unix;
use crate::server::unix::SocketFile;

/// A socket that a server listens on.
#[derive(Debug)]
pub struct Listener(Kind);

#[derive(Debug)]
enum Kind {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixListener, Option<SocketFile>),
}

/// Our end of a connection.
///
/// One type for both kinds: whatever serves a connection, hyper above all, is compiled once and linked once into every app.
#[cfg(unix)]
pub(crate) type Socket = Either<TcpStream, UnixStream>;

/// Our end of a connection.
#[cfg(not(unix))]
pub(crate) type Socket = TcpStream;

/// A connection that was accepted.
pub(crate) struct Accepted {
    pub(crate) socket: Socket,
    /// Where the client is, over TCP.
    pub(crate) remote: Option<SocketAddr>,
}

impl Listener {
    /// Listens on a TCP address: `127.0.0.1:8080`, `[::]:80`, `localhost:0`.
    ///
    /// # Errors
    ///
    /// The system's, with the address that could not be had and, where the system tells, who has it.
    pub async fn tcp(address: &str) -> io::Result<Listener> {
        match TcpListener::bind(address).await {
            Ok(listener) => Ok(listener.into()),
            Err(error) => Err(refused(address, &error, || {
                let mut addresses = address.to_socket_addrs().into_iter().flatten();
                addresses.find_map(port_owner::of_port)
            })),
        }
    }

    /// Listens on a Unix socket, which is removed again in the end. One left over that no one listens on is replaced, any other
    /// file is not. Only where there are such sockets: on Unix.
    ///
    /// # Errors
    ///
    /// The system's, with the file that could not be had and, where the system tells, who listens on it.
    #[cfg(unix)]
    pub async fn unix(path: impl Into<PathBuf>) -> io::Result<Listener> {
        let path = path.into();
        match unix::bind(&path).await {
            Ok(listener) => Ok(Listener(Kind::Unix(listener, Some(SocketFile(path))))),
            Err(error) => Err(refused(&path.display().to_string(), &error, || {
                port_owner::of_file(&path)
            })),
        }
    }

    /// The sockets that whoever started us passed on, by `LISTEN_FDS` and `LISTEN_PID` as systemd does.
    pub(crate) fn inherited() -> io::Result<Vec<Listener>> {
        let mut sockets = ListenFd::from_env();
        let listeners = (0..sockets.len()).map(|index| inherit(&mut sockets, index));
        // A socket of another kind is left to whoever asks for it.
        listeners.filter_map(Result::transpose).collect()
    }

    /// `$HOST:$PORT`, by default 127.0.0.1:8080.
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

    pub(crate) async fn accept(&self) -> io::Result<Accepted> {
        match &self.0 {
            Kind::Tcp(listener) => {
                let (stream, remote) = listener.accept().await?;
                // A response leaves in one piece; waiting for more of it would only delay it.
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
        match &self.0 {
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
        Listener(Kind::Tcp(listener))
    }
}

#[cfg(unix)]
impl From<UnixListener> for Listener {
    fn from(listener: UnixListener) -> Listener {
        Listener(Kind::Unix(listener, None))
    }
}

/// The inherited socket with this index, if it is of a kind that is listened on.
fn inherit(sockets: &mut ListenFd, index: usize) -> io::Result<Option<Listener>> {
    // A socket of another kind is given back and can be asked for again.
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

/// `error` with what could not be had and, where someone has it, the process that `holder` finds.
fn refused(what: &str, error: &io::Error, owner: impl FnOnce() -> Option<u32>) -> io::Error {
    let is_taken = error.kind() == ErrorKind::AddrInUse;
    let text = match is_taken.then(owner).flatten() {
        Some(process) => format!("cannot listen on {what}: {error}; process {process} has it"),
        None => format!("cannot listen on {what}: {error}"),
    };
    io::Error::new(error.kind(), text)
}
