//! Requests and responses, or messages and their echoes, of the same length every time.

use std::io::{Read, Write};
use std::net::TcpStream;

use anyhow::{Result, ensure};

use crate::load::Load;
use crate::wire::{Response, connect, receive, request};

/// Connections on which the same bytes are sent and come back. Each has one request on the way.
pub(crate) struct Exchanges {
    streams: Vec<TcpStream>,
    sent: Vec<u8>,
    /// The start of what comes back.
    start: Vec<u8>,
    /// The length of what comes back.
    length: usize,
    buffer: Vec<u8>,
}

const BUFFER: usize = 256 << 10;

impl Exchanges {
    /// Connections for requests whose response is like `response`.
    pub(crate) fn http(
        address: &str,
        sent: Vec<u8>,
        response: &Response,
        connections: usize,
    ) -> Result<Exchanges> {
        let streams = (0..connections).map(|_| connect(address));
        Ok(Exchanges {
            streams: streams.collect::<Result<_>>()?,
            sent,
            start: response.status_line().as_bytes().to_vec(),
            length: response.head.len() + response.body.len(),
            buffer: vec![0; BUFFER],
        })
    }

    /// Connections for text messages of `length` bytes, which come back on each WebSocket.
    pub(crate) fn websocket(address: &str, length: usize, connections: usize) -> Result<Exchanges> {
        let streams = (0..connections).map(|_| upgraded(address));
        let text: Vec<u8> = (b'a'..=b'z').cycle().take(length).collect();
        let mut echo = frame_head(length, 0)?;
        echo.extend(&text);
        Ok(Exchanges {
            streams: streams.collect::<Result<_>>()?,
            sent: masked(&text)?,
            length: echo.len(),
            start: echo,
            buffer: vec![0; BUFFER],
        })
    }

    fn receive(&mut self, index: usize) -> Result<()> {
        let mut rest = self.length;
        while rest > 0 {
            let most = rest.min(self.buffer.len());
            let read = self.streams[index].read(&mut self.buffer[..most])?;
            ensure!(read > 0, "the server closed the connection");
            let at = self.length - rest;
            let end = (at + read).min(self.start.len());
            if let Some(expected) = self.start.get(at..end) {
                ensure!(
                    self.buffer[..expected.len()] == *expected,
                    "something else came back: {}",
                    String::from_utf8_lossy(&self.buffer[..read.min(400)])
                );
            }
            rest -= read;
        }
        Ok(())
    }
}

impl Load for Exchanges {
    fn run(&mut self) -> Result<u32> {
        for stream in &mut self.streams {
            stream.write_all(&self.sent)?;
        }
        for index in 0..self.streams.len() {
            self.receive(index)?;
        }
        Ok(u32::try_from(self.streams.len())?)
    }
}

/// A connection that has become a WebSocket (RFC 6455 §4.1, with the key of §1.3).
fn upgraded(address: &str) -> Result<TcpStream> {
    let mut stream = connect(address)?;
    let headers = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
                   sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    stream.write_all(&request("GET", "/echo", headers))?;
    let response = receive(&mut stream)?;
    let accepted = response.header("sec-websocket-accept");
    ensure!(
        accepted == Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        "no WebSocket: {}",
        response.head
    );
    Ok(stream)
}

/// The head of the only frame of a text message, without a mask's key (RFC 6455 §5.2). `mask` is the bit that says there is one.
fn frame_head(length: usize, mask: u8) -> Result<Vec<u8>> {
    let mut head = vec![0x81];
    match length {
        0..=125 => head.push(u8::try_from(length)? + mask),
        126..=0xFFFF => {
            head.push(126 + mask);
            head.extend(u16::try_from(length)?.to_be_bytes());
        }
        _ => {
            head.push(127 + mask);
            head.extend(u64::try_from(length)?.to_be_bytes());
        }
    }
    Ok(head)
}

fn masked(text: &[u8]) -> Result<Vec<u8>> {
    const KEY: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];
    let mut frame = frame_head(text.len(), 0x80)?;
    frame.extend(KEY);
    let bytes = text.iter().zip(KEY.iter().cycle());
    frame.extend(bytes.map(|(byte, key)| byte ^ key));
    Ok(frame)
}
