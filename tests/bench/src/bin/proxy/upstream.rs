//! The server behind the proxies.

use std::env;
use std::net::TcpListener as StdListener;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use anyhow::Result;
use bytes::Bytes;
use gin::Server;
use gin::prelude::*;
use gin::response::{Event, Sse};
use gin::websocket::WebSocket;
use gin_bench::process::{listener, on_one_thread};
use tokio::net::TcpListener;
use tokio::time::interval;

use crate::requests::LONGEST;

/// The time between two events of a stream.
const PERIOD: Duration = Duration::from_millis(100);

/// The version of the app's source.
#[derive(Clone, Copy)]
struct Version(u64);

static BYTES: LazyLock<Bytes> = LazyLock::new(|| vec![b'x'; LONGEST].into());

/// Serves until standard input ends, or, with `PORT`, until it is killed.
pub(crate) fn serve(version: u64) -> Result<()> {
    let listener = match env::var("PORT") {
        Ok(port) => {
            let listener = StdListener::bind(format!("127.0.0.1:{port}"))?;
            listener.set_nonblocking(true)?;
            listener
        }
        Err(_) => listener()?,
    };
    on_one_thread(async move {
        let engine = Engine::new(app(version))?;
        let server = Server::new(engine).listen(TcpListener::from_std(listener)?);
        let outcome = server.run().await;
        outcome.map_err(|error| anyhow::anyhow!("{error}"))
    })
}

fn app(version: u64) -> Group {
    Group::new("")
        .state(Version(version))
        .mount(routes![saved, content, echo, events])
}

#[get("/version")]
async fn saved(State(Version(version)): State<Version>) -> String {
    version.to_string()
}

#[get("/bytes/:length")]
async fn content(length: usize) -> gin::Result<Bytes> {
    let is_there = length <= LONGEST;
    is_there.then(|| BYTES.slice(..length)).or_404()
}

#[get("/echo")]
async fn echo(socket: WebSocket) -> Response {
    socket.on_upgrade(async |mut socket| {
        while let Some(message) = socket.recv().await {
            socket.send(message).await?;
        }
        Ok(())
    })
}

/// Sends the time, again and again.
#[get("/events")]
async fn events() -> Sse {
    Sse::from_writer(async move |writer| {
        let mut ticks = interval(PERIOD);
        loop {
            ticks.tick().await;
            writer
                .send(Event::data(now().as_nanos().to_string()))
                .await?;
        }
    })
}

/// Returns the time since 1970, which is the same in all processes.
pub(crate) fn now() -> Duration {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap_or_default()
}
