//! The checks of an app, and their settings.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::failure::{BoxError, chain};
use crate::future::BoxFuture;

/// Named checks of what an app depends on, which [`Group::health`](crate::Group::health) runs for probes.
///
/// All checks run at once, each with a timeout. The result is kept for a moment, and probes that come meanwhile share it, so that
/// they do not storm what is checked.
///
/// The response is JSON. Its status is 200, and 503 if a check fails: `{"status":"down"}`. With [`details`](Health::details), it has
/// the checks as well.
///
/// ```
/// use gin::{operations::Health, prelude::*, testing::Client};
///
/// let health = Health::new()
///     .check("database", async || Ok::<(), std::io::Error>(()))
///     .check("queue", async || Err::<(), _>("12,000 jobs wait"))
///     .details();
/// let app = Group::new("").health("/healthz", health);
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let response = Client::new(app).get("/healthz").await.is(503);
/// let report: serde_json::Value = response.json();
/// assert_eq!(report["status"], "down");
/// assert_eq!(report["checks"]["database"]["status"], "up");
/// assert_eq!(report["checks"]["queue"]["error"], "12,000 jobs wait");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "checks run once a group has them"]
pub struct Health {
    pub(super) checks: Vec<Check>,
    pub(super) timeout: Duration,
    pub(super) cache: Duration,
    pub(super) detail: Detail,
}

/// A named check.
#[derive(Clone)]
pub(super) struct Check {
    pub(super) name: &'static str,
    pub(super) run: Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>,
}

/// The extent of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    Status,
    Checks,
}

/// The output of a check: a `Result<(), E>`.
///
/// ```
/// # use gin::operations::Health;
/// let health = Health::new()
///     .check("disk", async || std::fs::metadata("/var/lib/shop").map(drop))
///     .check("license", async || Err::<(), _>("expired"));
/// ```
#[diagnostic::on_unimplemented(
    message = "a check cannot return `{Self}`",
    label = "not the output of a check",
    note = "a check returns a `Result<(), E>`; drop a value by `.map(drop)`"
)]
pub trait CheckOutput {
    /// Converts the output into a result, whose error has the text for the log.
    fn into_result(self) -> Result<(), String>;
}

impl<E: Into<BoxError>> CheckOutput for Result<(), E> {
    fn into_result(self) -> Result<(), String> {
        self.map_err(|error| {
            let error: BoxError = error.into();
            chain(&*error)
        })
    }
}

impl Default for Health {
    fn default() -> Health {
        Health::new()
    }
}

impl Health {
    /// Creates health without checks, which is always up.
    pub fn new() -> Health {
        Health {
            checks: Vec::new(),
            timeout: Duration::from_secs(2),
            cache: Duration::from_secs(1),
            detail: Detail::Status,
        }
    }

    /// Adds a check: an async function that returns an error if something is wrong. A panic is a failed check as well.
    ///
    /// A check that uses a value of the app, such as a pool, is a closure that clones it for each run:
    ///
    /// ```
    /// # use gin::operations::Health;
    /// # #[derive(Clone)]
    /// # struct Pool;
    /// # impl Pool { async fn ping(&self) -> std::io::Result<()> { Ok(()) } }
    /// # let pool = Pool;
    /// let health = Health::new().check("database", move || {
    ///     let pool = pool.clone();
    ///     async move { pool.ping().await }
    /// });
    /// ```
    pub fn check<F, R>(
        mut self,
        name: &'static str,
        check: impl Fn() -> F + Send + Sync + 'static,
    ) -> Health
    where
        F: Future<Output = R> + Send + 'static,
        R: CheckOutput,
    {
        let run = move || -> BoxFuture<'static, _> {
            let output = check();
            Box::pin(async move { output.await.into_result() })
        };
        let run = Arc::new(run);
        self.checks.push(Check { name, run });
        self
    }

    /// Sets how long each check may take. After that it has failed. Default: 2 s.
    pub fn timeout(mut self, time: Duration) -> Health {
        self.timeout = time;
        self
    }

    /// Sets how long a result is kept for further probes. Default: 1 s.
    pub fn cache(mut self, time: Duration) -> Health {
        self.cache = time;
        self
    }

    /// Shows the checks with their times and errors to everyone who can send a probe. Default: they are shown in debug builds, and
    /// go to the log only otherwise.
    pub fn details(mut self) -> Health {
        self.detail = Detail::Checks;
        self
    }

    /// Returns the contradictions among the settings.
    pub(super) fn flaws(&self) -> Vec<String> {
        let mut flaws = Vec::new();
        if self.timeout.is_zero() && !self.checks.is_empty() {
            flaws.push("its checks have no time: set a timeout above 0".to_owned());
        }
        for (index, check) in self.checks.iter().enumerate() {
            let mut others = self.checks.iter().take(index);
            if others.any(|other| other.name == check.name) {
                let name = check.name;
                flaws.push(format!(
                    "it has two checks named `{name}`: give one another name"
                ));
            }
        }
        flaws
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Check({})", self.name)
    }
}
