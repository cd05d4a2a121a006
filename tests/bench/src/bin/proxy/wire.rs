//! A connection of the client, with as much of HTTP/1.1 as the load needs.

use anyhow::{Context, Result, ensure};
use bytes::{Buf, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A kept-alive connection.
pub(crate) struct Wire {
    stream: TcpStream,
    buffer: BytesMut,
}

/// A whole response.
pub(crate) struct Response {
    pub(crate) status: u16,
    /// The length of the body, in bytes.
    pub(crate) length: usize,
    /// The first bytes of the body.
    pub(crate) start: String,
    /// `true` if the connection ends with it.
    pub(crate) is_last: bool,
}

/// The most of a body that a [`Response`] has.
const START: usize = 64;

impl Wire {
    pub(crate) async fn connect(address: &str) -> Result<Wire> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Wire {
            stream,
            buffer: BytesMut::with_capacity(64 << 10),
        })
    }

    /// Sends a request and reads the response.
    pub(crate) async fn get(&mut self, path: &str) -> Result<Response> {
        self.request(path, "").await?;
        let (status, head) = self.head().await?;
        let length: usize = value(&head, "content-length")
            .with_context(|| format!("no length: {head}"))?
            .parse()?;
        let mut start = Vec::new();
        let mut left = length;
        loop {
            let here = left.min(self.buffer.len());
            let wanted = (START - start.len()).min(here);
            start.extend(&self.buffer[..wanted]);
            self.buffer.advance(here);
            left -= here;
            if left == 0 {
                break;
            }
            self.fill().await?;
        }
        Ok(Response {
            status,
            length,
            start: String::from_utf8_lossy(&start).into_owned(),
            is_last: value(&head, "connection") == Some("close"),
        })
    }

    /// Sends a request whose response is a stream, and reads its head.
    pub(crate) async fn open(&mut self, path: &str, headers: &str, status: u16) -> Result<()> {
        self.request(path, headers).await?;
        let (found, head) = self.head().await?;
        ensure!(found == status, "the response is {head}");
        Ok(())
    }

    async fn request(&mut self, path: &str, headers: &str) -> Result<()> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n");
        Ok(self.stream.write_all(request.as_bytes()).await?)
    }

    async fn head(&mut self) -> Result<(u16, String)> {
        const END: &[u8] = b"\r\n\r\n";
        let end = loop {
            let mut windows = self.buffer.windows(END.len());
            match windows.position(|window| window == END) {
                Some(end) => break end + END.len(),
                None => self.fill().await?,
            }
        };
        let head = String::from_utf8(self.buffer.split_to(end).to_vec())?;
        let status = head.get(9..12).context("no status")?.parse()?;
        Ok((status, head))
    }

    /// Sends a text message of a WebSocket. It is masked with zeros (RFC 6455 §5.3).
    pub(crate) async fn send_message(&mut self, text: &str) -> Result<()> {
        let length = u8::try_from(text.len())?;
        let mut frame = vec![0x81, 0x80 | length, 0, 0, 0, 0];
        frame.extend(text.as_bytes());
        Ok(self.stream.write_all(&frame).await?)
    }

    /// Receives a short message of a WebSocket.
    pub(crate) async fn message(&mut self) -> Result<Vec<u8>> {
        while self.buffer.len() < 2 || self.buffer.len() < 2 + usize::from(self.buffer[1]) {
            self.fill().await?;
        }
        let length = usize::from(self.buffer[1]);
        Ok(self.buffer.split_to(2 + length)[2..].to_vec())
    }

    /// Receives the data of an event.
    pub(crate) async fn event(&mut self) -> Result<String> {
        loop {
            let text = String::from_utf8_lossy(&self.buffer);
            if let Some((_, rest)) = text.split_once("data: ")
                && let Some((data, _)) = rest.split_once("\n\n")
            {
                let data = data.to_owned();
                self.buffer.clear();
                return Ok(data);
            }
            self.fill().await?;
        }
    }

    async fn fill(&mut self) -> Result<()> {
        self.buffer.reserve(64 << 10);
        let read = self.stream.read_buf(&mut self.buffer).await?;
        ensure!(read > 0, "the connection was closed");
        Ok(())
    }
}

/// The value of a header.
fn value<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = fields.find(|(field, _)| field.eq_ignore_ascii_case(name))?;
    Some(value.trim())
}
