//! The runs of checks, which probes share.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use tracing::{info, warn};

use crate::operations::health::checks::{Check, Detail, Health};
use crate::operations::health::report::{Finding, Report};
use crate::response::Response;

/// The checks of a group, and their last run.
pub(super) struct Probe {
    health: Health,
    last: Mutex<Option<Run>>,
}

/// A run of all checks. Its report comes when it has ended.
#[derive(Clone)]
struct Run(watch::Receiver<Option<Arc<Ended>>>);

struct Ended {
    at: Instant,
    report: Report,
}

impl Probe {
    pub(super) fn new(health: Health) -> Probe {
        Probe {
            health,
            last: Mutex::new(None),
        }
    }

    /// Responds with the report of a run that is still fresh, or that is under way, or of a new one.
    pub(super) async fn respond(&self) -> Response {
        let Run(mut report) = self.run();
        let ended = report.wait_for(Option::is_some).await;
        let ended = ended.ok().and_then(|ended| ended.clone());
        let detail = if cfg!(debug_assertions) {
            Detail::Checks
        } else {
            self.health.detail
        };
        match ended {
            Some(ended) => ended.report.response(detail),
            // The runtime shuts down.
            None => super::report::plain(false),
        }
    }

    fn run(&self) -> Run {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(run) = &*last
            && run.is_fresh(self.health.cache)
        {
            return run.clone();
        }
        let before = last.take().and_then(|run| run.0.borrow().clone());
        let run = Run::start(self.health.clone(), before);
        last.insert(run).clone()
    }
}

impl Run {
    /// Starts the checks in a task of their own: a probe that gives up must not let the next one start them once more.
    fn start(health: Health, before: Option<Arc<Ended>>) -> Run {
        let (report_tx, report) = watch::channel(None);
        tokio::spawn(async move {
            let report = run(&health).await;
            log_changes(&report, before.as_deref());
            let at = Instant::now();
            report_tx.send_replace(Some(Arc::new(Ended { at, report })));
        });
        Run(report)
    }

    /// Returns `true` if the run has not ended, or ended less than `cache` ago.
    fn is_fresh(&self, cache: Duration) -> bool {
        match &*self.0.borrow() {
            Some(ended) => ended.at.elapsed() < cache,
            // Without a sender, the run has ended without a report.
            None => self.0.has_changed().is_ok(),
        }
    }
}

/// Runs all checks at once. The report has them in their own order.
async fn run(health: &Health) -> Report {
    let mut running = JoinSet::new();
    for (index, check) in health.checks.iter().enumerate() {
        let (check, limit) = (check.clone(), health.timeout);
        running.spawn(async move { (index, finding(check, limit).await) });
    }
    let mut findings = running.join_all().await;
    findings.sort_by_key(|(index, _)| *index);
    Report(findings.into_iter().map(|(_, finding)| finding).collect())
}

/// Runs a check. It has a task of its own, where a panic ends only itself.
async fn finding(check: Check, limit: Duration) -> Finding {
    let start = Instant::now();
    let mut task = JoinSet::new();
    let Check { name, run } = check;
    task.spawn(async move { run().await });
    let result = match timeout(limit, task.join_next()).await {
        Ok(Some(Ok(result))) => result,
        Ok(_) => Err("the check panicked".to_owned()),
        Err(_) => Err(format!("timed out after {limit:?}")),
    };
    Finding {
        name,
        took: start.elapsed(),
        result,
    }
}

/// Logs the checks whose results are others than before, so that a log is not full of one failure.
fn log_changes(report: &Report, before: Option<&Ended>) {
    for finding in &report.0 {
        let name = finding.name;
        let old = before.and_then(|ended| ended.report.0.iter().find(|old| old.name == name));
        let was_up = old.is_none_or(|old| old.result.is_ok());
        match &finding.result {
            Err(error) if was_up => warn!("the health check `{name}` failed: {error}"),
            Ok(()) if !was_up => info!("the health check `{name}` passes again"),
            _ => {}
        }
    }
}
