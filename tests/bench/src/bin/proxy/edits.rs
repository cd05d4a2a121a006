//! Requests at a fixed rate while the app is edited.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::Result;
use gin_bench::Table;
use gin_bench::statistics::percentile;
use tokio::runtime::Builder;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use crate::front::Front;
use crate::material::Material;
use crate::requests::whole;
use crate::wire::Wire;

const TIME: Duration = Duration::from_secs(60);
const PER_SECOND: u32 = 2000;

/// The time between two edits.
const PERIOD: Duration = Duration::from_secs(5);

/// A response that takes longer is lost.
const PATIENCE: Duration = Duration::from_secs(60);

/// The end of a request.
enum End {
    /// The response has the code of the last save before the request, or newer. It took so many µs.
    Right(f64),
    /// The response is that of older code.
    Stale,
    /// The response is an error: more requests wait than the dev server holds.
    Unavailable,
    Lost,
    Refused,
}

/// The clients, which share what they know.
#[derive(Default)]
struct Clients {
    idle: Mutex<Vec<Wire>>,
    /// The version of the last save.
    saved: AtomicU64,
}

/// The table of what became of the requests.
pub(crate) fn table(material: &Material) -> Result<Table> {
    eprintln!("proxy: edits");
    let dev = Front::Dev.start(material)?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let ends = runtime.block_on(requests(dev.address.clone(), material))?;
    let memory = dev.memory()?;
    let times = ends.iter().filter_map(|end| match end {
        End::Right(micros) => Some(*micros),
        _ => None,
    });
    let times: Vec<_> = times.collect();
    let count = |wanted: fn(&End) -> bool| ends.iter().filter(|end| wanted(end)).count();
    let longest = times.iter().copied().fold(0.0, f64::max) / 1e3;
    let rows = [
        ("requests", whole(f64::from(u32::try_from(ends.len())?))),
        (
            "responses of older code",
            count(|end| matches!(end, End::Stale)).to_string(),
        ),
        (
            "503, as too many waited",
            count(|end| matches!(end, End::Unavailable)).to_string(),
        ),
        ("lost", count(|end| matches!(end, End::Lost)).to_string()),
        (
            "refused",
            count(|end| matches!(end, End::Refused)).to_string(),
        ),
        ("latency, half, µs", whole(percentile(&times, 50))),
        ("longest, while a build ran, ms", whole(longest)),
        ("memory of the dev server, MiB", format!("{memory:.1}")),
    ];
    Ok(Table::new(
        "`cargo gin dev`: 2,000 requests a second for 60 s, with an edit every 5 s",
        ["", "60 s"],
        rows.map(|(label, figure)| vec![label.to_owned(), figure]),
    ))
}

async fn requests(address: String, material: &Material) -> Result<Vec<End>> {
    let clients = Arc::new(Clients::default());
    let address: Arc<str> = address.into();
    let mut sent = JoinSet::new();
    let mut ticks = interval(Duration::from_secs(1) / PER_SECOND);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let since = Instant::now();
    let mut edits = 0;
    while since.elapsed() < TIME {
        ticks.tick().await;
        if since.elapsed() >= PERIOD * (edits + 1) {
            edits += 1;
            material.edit(u64::from(edits))?;
            clients.saved.store(u64::from(edits), Ordering::SeqCst);
        }
        sent.spawn(Arc::clone(&clients).request(Arc::clone(&address)));
    }
    let mut ends = Vec::new();
    while let Some(end) = sent.join_next().await {
        ends.push(end?);
    }
    // The processes of the last build end before the next measurement.
    sleep(Duration::from_secs(1)).await;
    Ok(ends)
}

impl Clients {
    /// Sends a request on an idle connection, or on a new one.
    async fn request(self: Arc<Self>, address: Arc<str>) -> End {
        let idle = self.idle.lock().expect("nothing panics").pop();
        let mut wire = match idle {
            Some(wire) => wire,
            None => match Wire::connect(&address).await {
                Ok(wire) => wire,
                Err(_) => return End::Refused,
            },
        };
        let expected = self.saved.load(Ordering::SeqCst);
        let since = Instant::now();
        let Ok(Ok(response)) = timeout(PATIENCE, wire.get("/version")).await else {
            return End::Lost;
        };
        if !response.is_last {
            self.idle.lock().expect("nothing panics").push(wire);
        }
        let is_new = response
            .start
            .parse()
            .is_ok_and(|found: u64| found >= expected);
        match response.status {
            200 if is_new => End::Right(since.elapsed().as_secs_f64() * 1e6),
            200 => End::Stale,
            _ => End::Unavailable,
        }
    }
}
