//! Uploads of a file in a multipart form.

use std::io::Write;
use std::net::TcpStream;

use anyhow::{Result, ensure};

use crate::load::Load;
use crate::wire::{connect, receive, request};

/// A connection for uploads, one after the other.
pub(crate) struct Uploads {
    stream: TcpStream,
    request: Vec<u8>,
    chunk: Vec<u8>,
    /// The chunks of a file.
    chunks: usize,
}

const CHUNK: usize = 64 << 10;
const HEAD: &str = "--boundary-of-the-form\r\ncontent-disposition: form-data; name=\"file\"; filename=\"file.bin\"\r\n\
                    content-type: application/octet-stream\r\n\r\n";
const TAIL: &str = "\r\n--boundary-of-the-form--\r\n";

impl Uploads {
    pub(crate) fn new(address: &str, mebibytes: usize) -> Result<Uploads> {
        let chunks = (mebibytes << 20) / CHUNK;
        let length = HEAD.len() + chunks * CHUNK + TAIL.len();
        let headers = format!(
            "content-type: multipart/form-data; boundary=boundary-of-the-form\r\ncontent-length: {length}\r\n"
        );
        Ok(Uploads {
            stream: connect(address)?,
            request: request("POST", "/upload", &headers),
            chunk: noise(),
            chunks,
        })
    }
}

impl Load for Uploads {
    fn run(&mut self) -> Result<u32> {
        self.stream.write_all(&self.request)?;
        self.stream.write_all(HEAD.as_bytes())?;
        for _ in 0..self.chunks {
            self.stream.write_all(&self.chunk)?;
        }
        self.stream.write_all(TAIL.as_bytes())?;
        let response = receive(&mut self.stream)?;
        let counted = String::from_utf8_lossy(&response.body);
        ensure!(
            counted == (self.chunks * CHUNK).to_string(),
            "an upload had the response {} {counted}",
            response.status_line()
        );
        Ok(1)
    }
}

/// A chunk of a file that is compressed, as most large ones are (Marsaglia's xorshift).
fn noise() -> Vec<u8> {
    let mut state: u32 = 2_463_534_242;
    let byte = |_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[1]
    };
    (0..CHUNK).map(byte).collect()
}
