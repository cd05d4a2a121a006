//! Connections that send one request after the other.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tokio::task::JoinSet;

use crate::wire::Wire;

/// Requests for bodies of `length` bytes on so many connections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    pub(crate) connections: usize,
    pub(crate) length: usize,
}

/// The outcome of a load.
pub(crate) struct Outcome {
    /// From the request to the end of the response, in µs.
    pub(crate) micros: Vec<f64>,
    pub(crate) took: Duration,
}

impl Load {
    /// Sends requests for `time`.
    pub(crate) async fn run(self, address: &str, time: Duration) -> Result<Outcome> {
        let mut wires = Vec::new();
        for _ in 0..self.connections {
            wires.push(Wire::connect(address).await?);
        }
        let since = Instant::now();
        let mut clients = JoinSet::new();
        for wire in wires {
            clients.spawn(self.client(wire, since + time));
        }
        let mut micros = Vec::new();
        while let Some(client) = clients.join_next().await {
            micros.extend(client??);
        }
        Ok(Outcome {
            micros,
            took: since.elapsed(),
        })
    }

    async fn client(self, mut wire: Wire, until: Instant) -> Result<Vec<f64>> {
        let path = format!("/bytes/{}", self.length);
        let mut micros = Vec::new();
        while Instant::now() < until {
            let since = Instant::now();
            let response = wire.get(&path).await?;
            micros.push(since.elapsed().as_secs_f64() * 1e6);
            let is_expected = response.status == 200 && response.length == self.length;
            ensure!(is_expected, "a response has status {}", response.status);
        }
        Ok(micros)
    }
}
