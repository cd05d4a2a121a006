//! A connection of the client over TLS, with HTTP/1.1.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, HandshakeKind, StreamOwned};

use crate::identity::HOST;
use crate::{BODY, PATH};

/// A server that is stuck is an error after a minute.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A connection that stays open until it is closed or dropped.
pub(crate) struct Connection {
    stream: StreamOwned<ClientConnection, TcpStream>,
    request: String,
    buffer: [u8; 1024],
}

impl Connection {
    /// Connects. The first request has the handshake.
    pub(crate) fn open(address: &str, client: &Arc<ClientConfig>) -> Result<Connection> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        let session = ClientConnection::new(Arc::clone(client), ServerName::try_from(HOST)?)?;
        Ok(Connection {
            stream: StreamOwned::new(session, stream),
            request: format!(
                "GET {PATH} HTTP/1.1\r\nhost: {HOST}\r\nuser-agent: bench\r\naccept: */*\r\n\r\n"
            ),
            buffer: [0; 1024],
        })
    }

    /// Sends a request and reads the whole response.
    pub(crate) fn request(&mut self) -> Result<()> {
        self.stream.write_all(self.request.as_bytes())?;
        let mut length = 0;
        loop {
            match self.stream.read(&mut self.buffer[length..])? {
                0 => bail!("the server closed the connection"),
                read => length += read,
            }
            if self.buffer[..length].ends_with(BODY.as_bytes()) {
                ensure!(
                    self.buffer.starts_with(b"HTTP/1.1 200 "),
                    "the response is {}",
                    String::from_utf8_lossy(&self.buffer[..length])
                );
                return Ok(());
            }
        }
    }

    /// The kind of the handshake, which is known after a request.
    pub(crate) fn handshake(&self) -> Option<HandshakeKind> {
        self.stream.conn.handshake_kind()
    }

    /// Closes the connection as TLS has it (RFC 8446 §6.1).
    pub(crate) fn close(mut self) -> Result<()> {
        self.stream.conn.send_close_notify();
        self.stream.flush()?;
        Ok(())
    }
}
