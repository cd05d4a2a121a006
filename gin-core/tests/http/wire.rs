//! A server on a real socket, and a client that sends and receives bytes.

use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::time::Duration;

use gin::{Engine, Group, Server};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Longer than anything here takes. A test that waits so long has failed.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// A server that runs until it is dropped or stopped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<gin::Result<()>>,
}

impl Running {
    pub(crate) async fn new(group: Group) -> Running {
        Running::with(group, |server| server).await
    }

    /// Starts a server that `settings` has changed.
    pub(crate) async fn with(group: Group, settings: impl FnOnce(Server) -> Server) -> Running {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        let (stop, stopped) = oneshot::channel();
        let engine = Engine::new(group).expect("the group is sound");
        let server = settings(Server::new(engine))
            .listen(listener)
            .shutdown_on(async {
                // A test that ends otherwise shuts its server down as well.
                let _ = stopped.await;
            });
        Running {
            address,
            stop: Some(stop),
            server: tokio::spawn(server.run()),
        }
    }

    pub(crate) async fn connect(&self) -> Wire {
        Wire(self.stream().await)
    }

    /// Connects, and leaves the protocol to the caller.
    pub(crate) async fn stream(&self) -> Stream {
        let socket = TcpStream::connect(self.address).await;
        Running::over(socket.expect("the server listens")).await
    }

    /// Returns the stream of a socket that is connected: here the socket itself, elsewhere after a handshake.
    pub(crate) fn over(socket: TcpStream) -> Ready<Stream> {
        ready(socket)
    }

    /// Sends `bytes` on a connection of their own, and returns all that comes back until the server closes it.
    pub(crate) async fn exchange(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut wire = self.connect().await;
        wire.send(bytes).await;
        wire.rest().await
    }

    /// Sends a plain `GET` on a connection of its own.
    pub(crate) async fn get(&self, path: &str) -> String {
        self.exchange(format!(
            "GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
        ))
        .await
    }

    /// Requests shutdown.
    pub(crate) fn shut_down(&mut self) {
        drop(self.stop.take());
    }

    /// Waits until the server has shut down.
    pub(crate) async fn ended(self) {
        let Running { stop, server, .. } = self;
        drop(stop);
        let ended = timeout(LONG, server).await.expect("the server ends");
        ended.expect("it does not panic").expect("it does not fail");
    }
}

/// The client's end of a connection.
pub(crate) type Stream = TcpStream;

/// A client's connection.
pub(crate) struct Wire<S = Stream>(pub(crate) S);

impl<S> From<S> for Wire<S> {
    fn from(stream: S) -> Wire<S> {
        Wire(stream)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    /// Sends bytes. It is not a failure of the test if the server has closed the connection already.
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.0.write_all(bytes.as_ref()).await;
        // TLS keeps what the socket did not take at once.
        let _ = self.0.flush().await;
    }

    /// Returns all that comes until the server closes the connection.
    pub(crate) async fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        let read = self.0.read_to_end(&mut bytes);
        // A reset after the response is still an end.
        let _ = timeout(LONG, read).await.expect("the server closes");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Returns all that comes, up to and including `end`.
    pub(crate) async fn until(&mut self, end: &str) -> String {
        let mut bytes = Vec::new();
        let read = async {
            while !String::from_utf8_lossy(&bytes).contains(end) {
                match self.0.read_buf(&mut bytes).await {
                    Ok(1..) => {}
                    end => panic!("{end:?} after {:?}", String::from_utf8_lossy(&bytes)),
                }
            }
        };
        timeout(LONG, read).await.expect("the server responds");
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Returns the status code of the status line.
pub(crate) fn status(response: &str) -> &str {
    response.get(9..12).unwrap_or("none")
}
