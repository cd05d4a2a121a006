//! The server (first light).
use crate::{body::Body, connection::Connection, engine::Engine, error::Error};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::{convert::Infallible, net::SocketAddr, sync::Arc};
use tokio::net::TcpListener;
/// Serves an engine.
#[derive(Debug)]
pub struct Server {
    engine: Engine,
}
impl Server {
    /// A server of `engine`.
    pub fn new(engine: Engine) -> Server {
        Server { engine }
    }
    /// Serves.
    pub async fn run(self) -> Result<(), Error> {
        let addr: SocketAddr = "127.0.0.1:8080".parse()?;
        let listener = TcpListener::bind(addr).await?;
        loop {
            let (stream, remote) = listener.accept().await?;
            let engine = self.engine.clone();
            let connection = Arc::new(Connection {
                remote: Some(remote),
            });
            tokio::spawn(async move {
                let service = service_fn(|request: http::Request<hyper::body::Incoming>| {
                    let response = engine.respond(request.map(Body::from), connection.clone());
                    async move { Ok::<_, Infallible>(response.await) }
                });
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    }
}
