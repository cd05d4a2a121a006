//! The upkeep of certificates: the first ones, and their renewal.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use httpdate::fmt_http_date;
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tracing::{info, warn};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::tls::acme::cache::Turn;
use crate::tls::acme::failure::Failure;
use crate::tls::acme::order::obtain;
use crate::tls::acme::settings::Acme;
use crate::tls::certificates::Certificates;
use crate::tls::pair;

/// The longest sleep, as the clock may be set, or the machine be suspended.
const LONGEST_SLEEP: Duration = Duration::from_secs(3600);
/// The pause if another server that shares the cache requests certificates.
const OTHERS_TURN: Duration = Duration::from_secs(5);

/// A name, and the time from which its certificate is requested.
struct Entry {
    name: String,
    /// The failures in a row.
    failures: u32,
    next: SystemTime,
}

/// Requests the certificates that are missing, and renews the others, for ever. One after the other, so that the authority is not
/// flooded.
pub(crate) async fn keep_up(acme: Acme, certificates: Certificates) {
    let entry = |name: &String| Entry {
        name: name.clone(),
        failures: 0,
        next: SystemTime::UNIX_EPOCH,
    };
    let mut entries: Vec<_> = acme.names.iter().map(entry).collect();
    loop {
        let Some(entry) = entries.iter_mut().min_by_key(|entry| entry.next) else {
            return;
        };
        if let Ok(wait) = entry.next.duration_since(SystemTime::now()) {
            sleep(wait.min(LONGEST_SLEEP)).await;
            continue;
        }
        attend(&acme, &certificates, entry).await;
    }
}

/// Requests the certificate of an entry, if it is due, and sets the next time.
async fn attend(acme: &Acme, certificates: &Certificates, entry: &mut Entry) {
    let now = SystemTime::now();
    let path = acme.cache().certificate(&entry.name);
    let turn = match take_turn(acme).await {
        Ok(Some(turn)) => turn,
        Ok(None) => {
            entry.next = now + OTHERS_TURN;
            return;
        }
        Err(failure) => return postpone(entry, &failure),
    };
    // Read once it is this server's turn, as another may have renewed it.
    let due = due(path.clone()).await;
    if due > now {
        entry.next = due;
        return;
    }
    let result = obtain(acme, &entry.name).await;
    drop(turn);
    if let Err(failure) = result {
        return postpone(entry, &failure);
    }
    let loading = certificates.clone();
    match spawn_blocking(move || loading.reload()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => warn!("the certificates stay as they were: {error}"),
        Err(_) => warn!("the certificates stay as they were: reloading them panicked"),
    }
    entry.failures = 0;
    entry.next = self::due(path).await;
    // A certificate that is due at once would be requested for ever.
    entry.next = entry.next.max(SystemTime::now() + Duration::from_secs(1));
    let Entry { name, next, .. } = entry;
    let date = fmt_http_date(*next);
    info!(
        name,
        "{name} has a new certificate, which will be renewed on {date}"
    );
}

async fn take_turn(acme: &Acme) -> Result<Option<Turn>, Failure> {
    let cache = acme.cache();
    match spawn_blocking(move || cache.turn()).await {
        Ok(turn) => Ok(turn?),
        Err(_) => Ok(None),
    }
}

/// Logs a failure, and sets the next time.
fn postpone(entry: &mut Entry, failure: &Failure) {
    entry.failures = entry.failures.saturating_add(1);
    let pause = failure.pause(entry.failures);
    // Servers that have failed together do not come back together.
    let pause = pause + share_of(pause / 4);
    entry.next = SystemTime::now() + pause;
    let name = &entry.name;
    let pause = Duration::from_secs(pause.as_secs());
    warn!(
        name,
        "{name} has no new certificate: {failure}; the next try is in {pause:?}"
    );
}

/// Returns the time from which the certificate in `path` is to be renewed: at once if there is none.
async fn due(path: PathBuf) -> SystemTime {
    let validity = spawn_blocking(move || validity(&path)).await;
    let Some((from, until)) = validity.ok().flatten() else {
        return SystemTime::UNIX_EPOCH;
    };
    let life = until.duration_since(from).unwrap_or_default();
    // Two thirds of its life, less up to a thirtieth.
    from + life * 2 / 3 - share_of(life / 30)
}

fn validity(path: &std::path::Path) -> Option<(SystemTime, SystemTime)> {
    let chain = pair::certificates(path).ok()?;
    let (_, certificate) = X509Certificate::from_der(chain.first()?).ok()?;
    let validity = certificate.validity();
    let time = |seconds: i64| {
        let seconds = u64::try_from(seconds).ok()?;
        SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
    };
    Some((
        time(validity.not_before.timestamp())?,
        time(validity.not_after.timestamp())?,
    ))
}

/// Returns a random part of `time`.
fn share_of(time: Duration) -> Duration {
    let mut byte = [0];
    // Without randomness, there is no jitter.
    let _ = getrandom::fill(&mut byte);
    time * u32::from(byte[0]) / 256
}
