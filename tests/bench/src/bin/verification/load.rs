//! Requests on many kept-alive connections at once.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

const CONNECTIONS: usize = 8;

/// Returns the requests per second that `address` responds to in this time.
pub(crate) fn requests_per_second(address: SocketAddr, time: Duration) -> Result<f64> {
    let end = Instant::now() + time;
    let count = thread::scope(|scope| {
        let client = || scope.spawn(move || requests(address, end));
        let clients: Vec<_> = (0..CONNECTIONS).map(|_| client()).collect();
        let counts = clients.into_iter().map(|client| match client.join() {
            Ok(count) => count,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        counts.sum::<Result<u32>>()
    })?;
    Ok(f64::from(count) / time.as_secs_f64())
}

fn requests(address: SocketAddr, end: Instant) -> Result<u32> {
    let mut stream = TcpStream::connect(address)?;
    let mut buffer = [0; 4096];
    let mut count = 0;
    while Instant::now() < end {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
        let mut response = Vec::new();
        while !response.ends_with(b"ok.") {
            let length = stream.read(&mut buffer)?;
            ensure!(length > 0, "the connection was closed");
            response.extend_from_slice(&buffer[..length]);
        }
        count += 1;
    }
    Ok(count)
}
