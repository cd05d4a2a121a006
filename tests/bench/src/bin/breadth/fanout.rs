//! Events that a server sends to many clients.

use std::io::{Read, Write};
use std::net::TcpStream;

use anyhow::{Result, ensure};

use crate::load::Load;
use crate::wire::{connect, receive, receive_head, request};

/// Clients that get every event, and a connection on which the events are published.
pub(crate) struct Fanout {
    clients: Vec<TcpStream>,
    publisher: TcpStream,
    publish: Vec<u8>,
    buffer: Vec<u8>,
}

const EVENT: &str = "{\"room\":7,\"from\":\"Ann\",\"text\":\"there is cake in the kitchen\"}";

impl Fanout {
    pub(crate) fn new(address: &str, clients: usize) -> Result<Fanout> {
        let clients = (0..clients).map(|_| subscribed(address));
        let length = EVENT.len();
        let headers = format!("content-type: text/plain\r\ncontent-length: {length}\r\n");
        let mut publish = request("POST", "/publish", &headers);
        publish.extend(EVENT.as_bytes());
        Ok(Fanout {
            clients: clients.collect::<Result<_>>()?,
            publisher: connect(address)?,
            publish,
            buffer: vec![0; 1 << 10],
        })
    }
}

impl Load for Fanout {
    fn run(&mut self) -> Result<u32> {
        self.publisher.write_all(&self.publish)?;
        let response = receive(&mut self.publisher)?;
        ensure!(response.status_line().contains("204"), "{}", response.head);
        for client in &mut self.clients {
            receive_event(client, &mut self.buffer)?;
        }
        Ok(u32::try_from(self.clients.len())?)
    }
}

/// A client whose subscription has begun: the head of the response is there.
fn subscribed(address: &str) -> Result<TcpStream> {
    let mut stream = connect(address)?;
    stream.write_all(&request("GET", "/events", ""))?;
    let head = receive_head(&mut stream)?.to_ascii_lowercase();
    let is_expected = head.starts_with("http/1.1 200")
        && head.contains("text/event-stream")
        && head.contains("transfer-encoding: chunked");
    ensure!(is_expected, "no events: {head}");
    Ok(stream)
}

/// Reads until an event has come. Comments, which keep the connection open, may come before it.
fn receive_event(stream: &mut TcpStream, buffer: &mut [u8]) -> Result<()> {
    let mut length = 0;
    loop {
        let read = stream.read(&mut buffer[length..])?;
        ensure!(read > 0, "the server ended the events, or sent too many");
        length += read;
        let text = String::from_utf8_lossy(&buffer[..length]);
        if let Some((_, data)) = text.split_once("data: ")
            && data.ends_with("\n\n\r\n")
        {
            ensure!(data.starts_with(EVENT), "another event came: {text}");
            return Ok(());
        }
    }
}
