//! A client that sends its requests on one connection.

use std::io::{Read, Write};
use std::net::TcpStream;

use anyhow::{Result, bail};

use crate::Case;

/// A kept-alive connection.
pub(crate) struct Client {
    stream: TcpStream,
    request: String,
    body: &'static str,
    buffer: Vec<u8>,
}

impl Client {
    pub(crate) fn connect(address: &str, case: &Case) -> Result<Client> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Client {
            stream,
            request: format!(
                "GET {} HTTP/1.1\r\nhost: {address}\r\nuser-agent: bench\r\naccept: */*\r\n\r\n",
                case.path
            ),
            body: case.body,
            buffer: vec![0; 4096],
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
            if self.buffer[..length].ends_with(self.body.as_bytes()) {
                return Ok(());
            }
        }
    }
}
