//! Many sockets and event streams at once.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use gin_bench::Table;
use gin_bench::statistics::percentile;
use tokio::runtime::Builder;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::front::Running;
use crate::requests::whole;
use crate::upstream::now;
use crate::wire::Wire;

const SOCKETS: u32 = 1000;
const STREAMS: u32 = 200;

const TIME: Duration = Duration::from_secs(10);

/// The time between two messages of a socket.
const PERIOD: Duration = Duration::from_secs(1);

const UPGRADE: &str = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
    sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// The table of the streams' latency and of the proxies' memory and CPU time.
pub(crate) fn table(fronts: &[Running]) -> Result<Table> {
    let mut rows = Vec::new();
    for front in fronts {
        let label = front.front.label();
        eprintln!("proxy: streams through {label}");
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let before = front.cpu_time()?;
        let (messages, events, memory) = runtime.block_on(streams(front))?;
        let used = front.cpu_time()?.saturating_sub(before);
        rows.push(vec![
            label.to_owned(),
            whole(percentile(&messages, 50)),
            whole(percentile(&messages, 99)),
            whole(percentile(&events, 50)),
            whole(percentile(&events, 99)),
            front.figure(format!("{:.2}", used.as_secs_f64())),
            front.figure(format!("{memory:.1}")),
        ]);
    }
    Ok(Table::new(
        "1,000 WebSockets with an echo a second and 200 streams with ten events a second, 10 s",
        [
            "",
            "echo, half, µs",
            "echo, 99 %, µs",
            "event, half, µs",
            "event, 99 %, µs",
            "CPU time, s",
            "memory, MiB",
        ],
        rows,
    ))
}

/// Returns the latencies of messages and of events, in µs, and the proxy's memory with all of them open, in MiB.
async fn streams(front: &Running) -> Result<(Vec<f64>, Vec<f64>, f64)> {
    let (mut sockets, mut streams) = (Vec::new(), Vec::new());
    for _ in 0..SOCKETS {
        let mut wire = Wire::connect(&front.address).await?;
        wire.open("/echo", UPGRADE, 101).await?;
        sockets.push(wire);
    }
    for _ in 0..STREAMS {
        let mut wire = Wire::connect(&front.address).await?;
        wire.open("/events", "", 200).await?;
        streams.push(wire);
    }
    let until = Instant::now() + TIME;
    let (mut messages, mut events) = (JoinSet::new(), JoinSet::new());
    for (socket, number) in sockets.into_iter().zip(0..) {
        messages.spawn(echoes(socket, PERIOD * number / SOCKETS, until));
    }
    for stream in streams {
        events.spawn(receive(stream, until));
    }
    sleep(TIME / 2).await;
    let memory = front.memory()?;
    Ok((all(messages).await?, all(events).await?, memory))
}

async fn all(mut clients: JoinSet<Result<Vec<f64>>>) -> Result<Vec<f64>> {
    let mut micros = Vec::new();
    while let Some(client) = clients.join_next().await {
        micros.extend(client??);
    }
    Ok(micros)
}

/// Sends a message each period, from `delay` on, and waits for its echo.
async fn echoes(mut socket: Wire, delay: Duration, until: Instant) -> Result<Vec<f64>> {
    sleep(delay).await;
    let mut micros = Vec::new();
    while Instant::now() < until {
        let since = Instant::now();
        socket.send_message("hello").await?;
        ensure!(socket.message().await? == b"hello", "another message came");
        micros.push(since.elapsed().as_secs_f64() * 1e6);
        sleep(PERIOD.saturating_sub(since.elapsed())).await;
    }
    Ok(micros)
}

/// Receives events, which carry the time of their sending.
async fn receive(mut stream: Wire, until: Instant) -> Result<Vec<f64>> {
    let mut micros = Vec::new();
    while Instant::now() < until {
        let sent = stream.event().await?.parse::<u64>()?;
        let took = now().saturating_sub(Duration::from_nanos(sent));
        micros.push(took.as_secs_f64() * 1e6);
    }
    Ok(micros)
}
