//! Where a server listens: TCP, Unix and inherited sockets.

use std::{
    env, fmt,
    io::{self, ErrorKind},
    net::{SocketAddr, ToSocketAddrs},
    os::unix::fs::FileTypeExt,
    path::{Path, PathBuf},
};

use listenfd::ListenFd;
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio_util::either::Either;

use crate::server::holder;

/// A socket that a server listens on.
#[derive(Debug)]
pub struct Listener(Kind);

#[derive(Debug)]
enum Kind {
    Tcp(TcpListener),
    Unix(UnixListener, Option<SocketFile>),
}

/// Our end of a connection.
///
/// One type for both kinds: whatever serves a connection, hyper above all, is compiled once and linked once into every app.
pub(crate) type Socket = Either<TcpStream, UnixStream>;

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
                addresses.find_map(holder::of_port)
            })),
        }
    }

    /// Listens on a Unix socket, which is removed again in the end. One left over that no one listens on is replaced, any other
    /// file is not.
    ///
    /// # Errors
    ///
    /// The system's, with the file that could not be had and, where the system tells, who listens on it.
    pub async fn unix(path: impl Into<PathBuf>) -> io::Result<Listener> {
        let path = path.into();
        let listener = match UnixListener::bind(&path) {
            Err(error) if error.kind() == ErrorKind::AddrInUse && is_left_over(&path).await => {
                std::fs::remove_file(&path)?;
                UnixListener::bind(&path)
            }
            result => result,
        };
        match listener {
            Ok(listener) => Ok(Listener(Kind::Unix(listener, Some(SocketFile(path))))),
            Err(error) => Err(refused(&path.display().to_string(), &error, || {
                holder::of_file(&path)
            })),
        }
    }

    /// The sockets that whoever started us passed on, by `LISTEN_FDS` and `LISTEN_PID` as systemd does.
    pub(crate) fn inherited() -> io::Result<Vec<Listener>> {
        let mut sockets = ListenFd::from_env();
        let mut listeners = Vec::new();
        for index in 0..sockets.len() {
            // A socket of another kind is given back and can be asked for again.
            if let Ok(Some(socket)) = sockets.take_tcp_listener(index) {
                socket.set_nonblocking(true)?;
                listeners.push(TcpListener::from_std(socket)?.into());
            } else if let Some(socket) = sockets.take_unix_listener(index)? {
                socket.set_nonblocking(true)?;
                listeners.push(UnixListener::from_std(socket)?.into());
            }
        }
        Ok(listeners)
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
                Ok(Accepted {
                    socket: Either::Left(stream),
                    remote: Some(remote),
                })
            }
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
            Kind::Unix(_, Some(SocketFile(path))) => write!(f, "{}", path.display()),
            Kind::Unix(_, None) => f.write_str("a Unix socket"),
        }
    }
}

impl From<TcpListener> for Listener {
    fn from(listener: TcpListener) -> Listener {
        Listener(Kind::Tcp(listener))
    }
}

impl From<UnixListener> for Listener {
    fn from(listener: UnixListener) -> Listener {
        Listener(Kind::Unix(listener, None))
    }
}

/// The file of a Unix socket of ours, removed with it.
#[derive(Debug)]
struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        // Someone may have removed it already, which is as well.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Whether `path` is a socket that no one listens on; connecting to any other file is refused as well.
async fn is_left_over(path: &Path) -> bool {
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket());
    let connected = UnixStream::connect(path).await;
    is_socket && connected.is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
}

/// `error` with what could not be had and, where someone has it, the process that `holder` finds.
fn refused(what: &str, error: &io::Error, holder: impl FnOnce() -> Option<u32>) -> io::Error {
    let is_taken = error.kind() == ErrorKind::AddrInUse;
    let text = match is_taken.then(holder).flatten() {
        Some(process) => format!("cannot listen on {what}: {error}; process {process} has it"),
        None => format!("cannot listen on {what}: {error}"),
    };
    io::Error::new(error.kind(), text)
}
