//! The supervisors, which keep the processes running.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

use crate::diagnostics::{self, Diagnostic, Diagnostics};
use crate::os::exit::ExitStatus;
use crate::os::reaper::Reaper;
use crate::runner::Executable;
use crate::runner::Program;
use crate::sides::addresses::Addresses;
use crate::sides::binaries::{Binaries, Publisher};
use crate::sides::newer::Newer;
use crate::sides::plan::{Backoff, Plan, Restart};
use crate::sides::process::SideProcess;
use crate::state::{
    Chunk, Exit, Origin, Phase, Reachable, Role, Route, Side, Sides, Status, Target,
};

/// The connections of the processes to the rest of the dev server.
#[derive(Clone, Debug)]
pub(crate) struct Channels {
    /// Takes their output.
    pub(crate) output_tx: mpsc::Sender<Chunk>,
    /// Takes notices for the user.
    pub(crate) notice_tx: mpsc::UnboundedSender<String>,
    /// The time that a process has to exit after SIGTERM.
    pub(crate) grace: Duration,
    pub(crate) addresses: Addresses,
}

/// The supervisors of all processes.
#[derive(Debug)]
pub(crate) struct Supervisors(Vec<Supervisor>);

/// Keeps one process running.
#[derive(Debug)]
struct Supervisor {
    plan: Plan,
    channels: Channels,
    /// The binaries of the workspace, as they are built.
    binaries_rx: watch::Receiver<Binaries>,
    /// The number of the last build that was looked at.
    seen_tx: watch::Sender<u64>,
    status_tx: watch::Sender<Status>,
    /// The number of requests that the process has yet to respond to.
    pending: watch::Sender<usize>,
    backoff: Backoff,
    running: Option<SideProcess>,
}

impl Supervisors {
    /// Returns the supervisors of these plans, and the publisher of the binaries that they run. Nothing runs yet.
    pub(crate) fn new(plans: &[Plan], channels: &Channels) -> (Supervisors, Publisher) {
        let (binaries_tx, binaries_rx) = watch::channel(Binaries::default());
        let supervisor = |plan: &Plan| Supervisor {
            plan: plan.clone(),
            channels: channels.clone(),
            binaries_rx: binaries_rx.clone(),
            seen_tx: watch::Sender::default(),
            status_tx: watch::Sender::new(Status::new(Target::named(
                &plan.name,
                &plan.directory,
                Role::Side,
            ))),
            pending: watch::Sender::default(),
            backoff: Backoff::new(),
            running: None,
        };
        let supervisors: Vec<Supervisor> = plans.iter().map(supervisor).collect();
        let built = supervisors.iter().filter(|one| one.plan.binary().is_some());
        let seen = built.map(|one| one.seen_tx.subscribe()).collect();
        let publisher = Publisher::new(binaries_tx, seen);
        (Supervisors(supervisors), publisher)
    }

    /// Returns the processes, as the proxy and the pages see them.
    pub(crate) fn sides(&self) -> Sides {
        let side = |supervisor: &Supervisor| Side {
            name: Arc::clone(&supervisor.plan.name),
            routes: supervisor.plan.routes.clone(),
            except: supervisor.plan.except.clone(),
            origin: match supervisor.plan.binary() {
                Some(_) => Origin::Workspace,
                None => Origin::Elsewhere,
            },
            status: supervisor.status_tx.subscribe(),
            pending: supervisor.pending.clone(),
        };
        Sides::new(self.0.iter().map(side).collect())
    }

    /// Runs all processes. Dropping the future leaves them running, until they are stopped or dropped.
    pub(crate) async fn run(&mut self, reaper: &Reaper) -> Infallible {
        type Run<'a> = Pin<Box<dyn Future<Output = Infallible> + 'a>>;
        let mut runs: Vec<Run<'_>> = Vec::new();
        for supervisor in &mut self.0 {
            runs.push(Box::pin(supervisor.run(reaper)));
        }
        poll_fn(|cx| {
            for run in &mut runs {
                let Poll::Pending = run.as_mut().poll(cx);
            }
            Poll::Pending
        })
        .await
    }

    /// Stops all processes at the same time.
    pub(crate) async fn stop(self) {
        let mut stops: Vec<_> = (self.0.into_iter())
            .map(|mut supervisor| Box::pin(async move { supervisor.stop().await }))
            .collect();
        poll_fn(|cx| {
            stops.retain_mut(|stop| stop.as_mut().poll(cx).is_pending());
            if stops.is_empty() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }
}

impl Supervisor {
    /// Starts the process again and again, as its plan says.
    async fn run(&mut self, reaper: &Reaper) -> Infallible {
        loop {
            let program = self.program().await;
            self.begin();
            let mut newer = Newer {
                name: self.plan.binary().map(str::to_owned),
                binaries_rx: self.binaries_rx.clone(),
                seen_tx: self.seen_tx.clone(),
                status_tx: self.status_tx.clone(),
                executable: program
                    .as_ref()
                    .and_then(|program| Executable::open(&program.executable).ok()),
                program,
            };
            let program = newer.program.clone();
            let pause = tokio::select! {
                ended = self.run_once(program.as_ref(), reaper) => match ended {
                    Ok(exit) => self.exited(exit),
                    Err(error) => self.failed(&error),
                },
                () = newer.built() => {
                    self.stop().await;
                    continue;
                }
            };
            match self.plan.restart {
                Restart::Never => match newer.passed_over().await {},
                Restart::OnExit | Restart::OnChange => tokio::select! {
                    () = paused(pause) => {}
                    () = newer.built() => {}
                },
            }
        }
    }

    /// Waits until the binary of the workspace is built, if the process runs one.
    async fn program(&mut self) -> Option<Program> {
        let name = self.plan.binary()?;
        let is_built = |binaries: &Binaries| binaries.find(name).is_some();
        match self.binaries_rx.wait_for(is_built).await {
            Ok(binaries) => {
                self.seen_tx.send_replace(binaries.number());
                binaries.find(name).cloned()
            }
            // The dev server is ending.
            Err(_) => std::future::pending().await,
        }
    }

    /// Starts the process and waits until it exits.
    async fn run_once(
        &mut self,
        program: Option<&Program>,
        reaper: &Reaper,
    ) -> anyhow::Result<Exit> {
        let process = SideProcess::start(&self.plan, program, reaper, &self.channels)?;
        let process = self.running.insert(process);
        let enter = |start| {
            let enter = |status: &mut Status| status.phase = Phase::Starting(start);
            self.status_tx.send_modify(enter);
        };
        enter(process.starting());
        let reachable = match process.ready(&self.plan, enter).await? {
            Ok(reachable) => reachable,
            Err(exit) => return Ok(exit),
        };
        ready(&self.plan, &self.status_tx, &self.channels, reachable);
        process.exited(&self.plan.directory).await
    }

    /// Shows that the process is about to start.
    fn begin(&self) {
        self.status_tx.send_modify(|status| {
            status.attempt += 1;
            status.since = Instant::now();
            status.diagnostics = Arc::default();
        });
    }

    /// Shows the exit of the process. Returns the pause before its next start, if there is one.
    fn exited(&mut self, exit: Exit) -> Option<Duration> {
        self.running = None;
        let is_done = exit.status == ExitStatus::Code(0) && self.plan.routes.is_empty();
        let pause = self.pause(exit.uptime).filter(|_| !is_done);
        let next = if is_done {
            String::new()
        } else {
            self.next(pause)
        };
        let notice = format!("{} exited: {}{next}", self.plan.name, exit.status);
        self.status_tx
            .send_modify(|status| status.phase = Phase::Crashed(Arc::new(exit)));
        self.notify(notice);
        pause
    }

    /// Shows that the process cannot be started. Returns the pause before the next try, if there is one.
    fn failed(&mut self, error: &anyhow::Error) -> Option<Duration> {
        self.running = None;
        let pause = self.pause(Duration::ZERO);
        let text = format!("{error:#}");
        let notice = format!("{}: {text}{}", self.plan.name, self.next(pause));
        self.status_tx.send_modify(|status| {
            let mut diagnostics = Diagnostics::default();
            diagnostics.push(Diagnostic::error(diagnostics::Origin::Gin, &text));
            status.diagnostics = Arc::new(diagnostics);
            status.phase = Phase::Failed;
        });
        self.notify(notice);
        pause
    }

    fn pause(&mut self, uptime: Duration) -> Option<Duration> {
        match self.plan.restart {
            Restart::OnExit => Some(self.backoff.after(uptime)),
            Restart::OnChange | Restart::Never => None,
        }
    }

    /// Returns the end of a notice about an exit.
    fn next(&self, pause: Option<Duration>) -> String {
        match (pause, self.plan.restart) {
            (Some(pause), _) => {
                format!("; it starts again in {}", humantime::format_duration(pause))
            }
            (None, Restart::Never) => "; restart `cargo gin dev` to start it again".to_owned(),
            (None, Restart::OnExit | Restart::OnChange) => {
                "; it starts again once its code has changed".to_owned()
            }
        }
    }

    fn notify(&self, notice: String) {
        // An error means that the dev server is ending.
        let _ = self.channels.notice_tx.send(notice);
    }

    /// Lets the process finish its responses, then stops it: SIGTERM, then SIGKILL after the grace.
    async fn stop(&mut self) {
        let grace = self.channels.grace;
        if let Some(mut process) = self.running.take() {
            let mut pending = self.pending.subscribe();
            // After the timeout it is stopped although responses are missing.
            let _ = timeout(grace, pending.wait_for(|count| *count == 0)).await;
            // An error means that it has exited.
            let _ = process.stop(grace).await;
        }
    }
}

/// Waits for the end of a pause, or for ever if there is none.
async fn paused(pause: Option<Duration>) {
    match pause {
        Some(pause) => sleep(pause).await,
        None => std::future::pending().await,
    }
}

/// Shows that the process is ready, once for each process with routes.
fn ready(
    plan: &Plan,
    status_tx: &watch::Sender<Status>,
    channels: &Channels,
    reachable: Reachable,
) {
    status_tx.send_modify(|status| {
        status.timings.start = Some(status.since.elapsed());
        status.phase = Phase::Ready(reachable);
    });
    if !plan.routes.is_empty() {
        let except = match plan.except.as_slice() {
            [] => String::new(),
            except => format!(" except {}", patterns(except)),
        };
        let notice = format!(
            "{} is ready for {}{except}",
            plan.name,
            patterns(&plan.routes)
        );
        // An error means that the dev server is ending.
        let _ = channels.notice_tx.send(notice);
    }
}

fn patterns(routes: &[Route]) -> String {
    let patterns: Vec<String> = routes.iter().map(Route::pattern).collect();
    patterns.join(", ")
}
