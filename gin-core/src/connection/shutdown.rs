//! The signal that the server shuts down, as connections and handlers see it.

use tokio::sync::watch;

/// The signal that the server shuts down, from [`Context::shutdown`](crate::Context::shutdown).
///
/// A handler whose response would never end by itself, such as a stream of events, ends it when shutdown is requested.
/// Otherwise the response is cut off when [`Server::shutdown_timeout`](crate::Server::shutdown_timeout) has passed.
///
/// A clone watches the same server. In tests without a server, shutdown is never requested.
///
/// ```
/// use gin::prelude::*;
/// # use gin::Server;
/// # use std::{sync::Arc, time::Duration};
/// # use tokio::{io::{AsyncReadExt, AsyncWriteExt}, net::{TcpListener, TcpStream}, sync::Notify, time::timeout};
///
/// async fn wait(cx: &mut Context) -> &'static str {
///     let shutdown = cx.shutdown();
///     assert!(!shutdown.is_requested());
///     # cx.state::<Arc<Notify>>().unwrap().notify_one();
///     shutdown.requested().await;
///     assert!(shutdown.is_requested());
///     "bye"
/// }
/// # #[tokio::main]
/// # async fn main() -> gin::Result<()> {
/// # let test = async {
/// # let is_waiting = Arc::new(Notify::new());
/// # let engine = Engine::new(Group::new("").state(is_waiting.clone()).get("/", wait))?;
/// # let listener = TcpListener::bind("127.0.0.1:0").await?;
/// # let mut client = TcpStream::connect(listener.local_addr()?).await?;
/// # let server = Server::new(engine).listen(listener).shutdown_on(is_waiting.notified_owned());
/// # let server = tokio::spawn(server.run());
/// # client.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await?;
/// # let mut response = String::new();
/// # client.read_to_string(&mut response).await?;
/// # assert!(response.ends_with("\r\n\r\nbye"));
/// # server.await?
/// # };
/// # timeout(Duration::from_secs(60), test).await?
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Shutdown(Option<watch::Receiver<bool>>);

impl Shutdown {
    /// A signal that is not given yet, and the sender that gives it.
    pub(crate) fn channel() -> (watch::Sender<bool>, Shutdown) {
        let (sender, receiver) = watch::channel(false);
        (sender, Shutdown(Some(receiver)))
    }

    /// Returns `true` once shutdown is requested.
    pub fn is_requested(&self) -> bool {
        self.0.as_ref().is_some_and(|signal| *signal.borrow())
    }

    /// Waits until shutdown is requested.
    pub async fn requested(&self) {
        match &self.0 {
            // A sender that is gone means that the server is gone, too.
            Some(signal) => drop(signal.clone().wait_for(|signal| *signal).await),
            None => std::future::pending().await,
        }
    }
}
