//! A connection of the client over TLS, with HTTP/2 and many streams.

use std::sync::Arc;

use anyhow::{Result, ensure};
use bytes::Bytes;
use h2::client::{ResponseFuture, SendRequest, handshake};
use http::{Request, StatusCode};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio_rustls::TlsConnector;

use crate::identity::HOST;
use crate::{BODY, PATH};

/// The streams that are open at once.
const STREAMS: u32 = 100;

/// A connection on which many requests are on the way at once.
pub(crate) struct Multiplexed {
    sender: SendRequest<Bytes>,
    runtime: Runtime,
}

impl Multiplexed {
    pub(crate) fn open(address: &str, client: ClientConfig) -> Result<Multiplexed> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let sender = runtime.block_on(async {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            let connector = TlsConnector::from(Arc::new(client));
            let stream = connector.connect(ServerName::try_from(HOST)?, stream);
            let (sender, connection) = handshake(stream.await?).await?;
            // Its error reaches every stream.
            tokio::spawn(async move { connection.await.unwrap_or_default() });
            anyhow::Ok(sender)
        })?;
        Ok(Multiplexed { sender, runtime })
    }

    /// Sends a request on each stream, then reads all responses. Returns how many.
    pub(crate) fn request(&mut self) -> Result<u32> {
        let Multiplexed { sender, runtime } = self;
        runtime.block_on(async {
            let mut responses = Vec::new();
            for _ in 0..STREAMS {
                let mut ready = sender.clone().ready().await?;
                let uri = format!("https://{HOST}{PATH}");
                let (response, _) = ready.send_request(Request::get(uri).body(())?, true)?;
                responses.push(response);
            }
            for response in responses {
                check(response).await?;
            }
            Ok(STREAMS)
        })
    }
}

async fn check(response: ResponseFuture) -> Result<()> {
    let response = response.await?;
    let status = response.status();
    ensure!(status == StatusCode::OK, "the status is {status}");
    let mut body = response.into_body();
    let mut text = Vec::new();
    while let Some(data) = body.data().await {
        let data = data?;
        body.flow_control().release_capacity(data.len())?;
        text.extend(data);
    }
    ensure!(text == BODY.as_bytes(), "the body is another");
    Ok(())
}
