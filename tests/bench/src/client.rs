//! A client that sends its requests on one connection.

use std::io::{Read, Write};
use std::net::TcpStream;

use anyhow::{Result, bail};

/// A kept-alive connection, on which the same request is sent again and again.
#[derive(Debug)]
pub struct Client {
    stream: TcpStream,
    request: String,
    body: &'static str,
    buffer: Vec<u8>,
}

impl Client {
    /// Connects to a server, to request `path` of it. `body` is the end of the response.
    ///
    /// # Errors
    ///
    /// If the server does not accept the connection.
    pub fn connect(address: &str, path: &str, body: &'static str) -> Result<Client> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Client {
            stream,
            request: format!(
                "GET {path} HTTP/1.1\r\nhost: {address}\r\nuser-agent: bench\r\naccept: */*\r\n\r\n"
            ),
            body,
            buffer: vec![0; 4096],
        })
    }

    /// Sends a request and returns the whole response.
    ///
    /// # Errors
    ///
    /// If the server closes the connection.
    pub fn request(&mut self) -> Result<&[u8]> {
        self.stream.write_all(self.request.as_bytes())?;
        let mut length = 0;
        loop {
            match self.stream.read(&mut self.buffer[length..])? {
                0 => bail!("the server closed the connection"),
                read => length += read,
            }
            if self.buffer[..length].ends_with(self.body.as_bytes()) {
                return Ok(&self.buffer[..length]);
            }
        }
    }
}
