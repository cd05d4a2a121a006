//! Restarts: a new app takes the place of the old one.

use std::time::SystemTime;

use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use crate::cli::RunOptions;
use crate::dev::setback::Setback;
use crate::dev::status_writer::StatusWriter;
use crate::os::orphans::{self, Ancestors};
use crate::os::process::Stopped;
use crate::os::reaper::Reaper;
use crate::runner::{App, Launch};
use crate::state::{Chunk, Exit, Phase, Reachable, Relaunch};

/// The place of the app. At most one app runs, or two while `--overlap` starts the next.
pub(super) struct AppSlot<'a> {
    options: &'a RunOptions,
    reaper: &'a Reaper,
    channels: AppChannels,
    /// Empty until the first good build, and after a crash.
    running: Option<Running>,
    /// The app that was to run last, which may have been cancelled while it started.
    last: Option<Edition>,
    slow_exits: SlowExits,
    handover: Handover,
}

/// The way in which apps get the socket that they could take, as far as they have shown it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Handover {
    Passed,
    /// They open the port themselves, and fail if it is open already.
    OpenedByApp,
}

/// The identity of an app. Cargo leaves an executable alone that it need not link again.
#[derive(Debug, PartialEq, Eq)]
struct Edition {
    launch: Launch,
    written: Option<SystemTime>,
}

/// The channels between an app and the other tasks.
pub(super) struct AppChannels {
    pub(super) output_tx: mpsc::Sender<Chunk>,
    pub(super) notice_tx: mpsc::UnboundedSender<String>,
    /// The number of requests that the app has yet to respond to.
    pub(super) forwarded_rx: watch::Receiver<usize>,
    /// The number of requests that wait for an app.
    pub(super) demand_rx: watch::Receiver<usize>,
}

/// A running app, and how it was started.
struct Running {
    app: App,
    launch: Launch,
    reachable: Reachable,
    currency: Currency,
}

/// The state of an app after changes to files that it may have read when it started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Currency {
    Current,
    /// It is restarted, although its executable may stay the same.
    Outdated,
}

/// A running app, compared with the one that is to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// It was launched in the same way, from the same bytes.
    Kept,
    /// It is the same as well, but has to start again.
    Repeated,
    /// It differs, or no app runs.
    Different,
}

/// Apps that ignore SIGTERM are reported once: they most likely all do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SlowExits {
    Unreported,
    Reported,
}

impl Edition {
    fn of(launch: &Launch) -> Edition {
        let executable = std::fs::metadata(&launch.program.executable);
        Edition {
            launch: launch.clone(),
            written: executable.and_then(|file| file.modified()).ok(),
        }
    }
}

impl<'a> AppSlot<'a> {
    pub(super) fn empty(
        options: &'a RunOptions,
        reaper: &'a Reaper,
        channels: AppChannels,
    ) -> AppSlot<'a> {
        AppSlot {
            options,
            reaper,
            channels,
            running: None,
            last: None,
            slow_exits: SlowExits::Unreported,
            handover: Handover::Passed,
        }
    }

    /// Takes note of a change to a file that the running app may have read when it started.
    pub(super) fn note(&mut self, relaunch: Relaunch) {
        if let (Relaunch::Always, Some(running)) = (relaunch, &mut self.running) {
            running.currency = Currency::Outdated;
        }
    }

    /// Runs the app and waits until it exits.
    pub(super) async fn run(
        &mut self,
        launch: Launch,
        status: &StatusWriter,
    ) -> Result<Exit, Setback> {
        let exit = self.run_to_exit(launch, status).await?;
        self.running = None;
        self.end_orphans();
        Ok(exit)
    }

    async fn run_to_exit(
        &mut self,
        mut launch: Launch,
        status: &StatusWriter,
    ) -> Result<Exit, Setback> {
        if self.handover == Handover::OpenedByApp {
            launch.socket = launch.socket.opened_by_app();
        }
        let standing = self.standing(&launch).await;
        let edition = Edition::of(&launch);
        if standing == Standing::Different && self.last.as_ref() != Some(&edition) {
            status.count_edition();
        }
        self.last = Some(edition);
        let running = match &mut self.running {
            Some(running) if standing == Standing::Kept => running,
            _ => {
                self.wait_for_demand(status).await;
                match self.start(launch, status).await? {
                    Ok(running) => self.running.insert(running),
                    Err(exit) => return Ok(exit),
                }
            }
        };
        status.ready(running.reachable.clone());
        Ok(running.app.exited().await?)
    }

    /// Returns `true` if the running app stays when this is to run.
    pub(super) async fn keeps(&mut self, launch: &Launch) -> bool {
        self.standing(launch).await == Standing::Kept
    }

    /// Compares the running app with the one that is to run.
    async fn standing(&mut self, launch: &Launch) -> Standing {
        let Some(running) = &mut self.running else {
            return Standing::Different;
        };
        if running.launch != *launch || !running.app.runs(&launch.program.executable).await {
            return Standing::Different;
        }
        match running.currency {
            Currency::Current => Standing::Kept,
            Currency::Outdated => Standing::Repeated,
        }
    }

    /// With `--lazy`, waits for the first request.
    async fn wait_for_demand(&mut self, status: &StatusWriter) {
        if !self.options.lazy {
            return;
        }
        status.enter(Phase::Idle);
        self.demanded().await;
    }

    /// Waits until a request waits for the app.
    pub(super) async fn demanded(&mut self) {
        // An error means that the proxy is gone, and with it the whole dev server.
        let _ = (self.channels.demand_rx)
            .wait_for(|waiting| *waiting > 0)
            .await;
    }

    /// Starts an app in place of the old one. One that depends on a crate for passed sockets, but opens its port itself, finds
    /// that taken by the socket. It starts again without one.
    async fn start(
        &mut self,
        launch: Launch,
        status: &StatusWriter,
    ) -> Result<Result<Running, Exit>, Setback> {
        let own = Launch {
            socket: launch.socket.opened_by_app(),
            ..launch.clone()
        };
        let is_passed = own != launch;
        match self.replace(launch, status).await? {
            Err(exit) if is_passed && exit.wants_taken_port() => {}
            outcome => return Ok(outcome),
        }
        let outcome = self.replace(own, status).await?;
        if outcome.is_ok() {
            self.handover = Handover::OpenedByApp;
            let notice = "the app opens $PORT itself, so it gets no open socket in LISTEN_FDS";
            // An error means that the terminal is gone while we end.
            let _ = self.channels.notice_tx.send(notice.to_owned());
        }
        Ok(outcome)
    }

    /// Starts an app in place of the old one, or reports how it exited before it opened its port.
    async fn replace(
        &mut self,
        launch: Launch,
        status: &StatusWriter,
    ) -> Result<Result<Running, Exit>, Setback> {
        if !self.options.overlap {
            self.make_room().await?;
            self.end_orphans();
        }
        if !launch.program.executable.exists() {
            return Err(Setback::Deleted(launch.program.executable));
        }
        let mut app = App::start(&launch, self.reaper, &self.channels.output_tx)
            .map_err(|error| Setback::refused(&error))?;
        status.enter(Phase::Starting(app.starting()));
        let ready = app.ready(|start| status.enter(Phase::Starting(start)));
        let reachable = match ready.await? {
            Ok(reachable) => reachable,
            Err(exit) => return Ok(Err(exit)),
        };
        if self.options.overlap {
            self.make_room().await?;
            let ancestors = Ancestors::AppsExcept(app.port());
            orphans::end(ancestors, &self.reaper.groups());
        }
        Ok(Ok(Running {
            app,
            launch,
            reachable,
            currency: Currency::Current,
        }))
    }

    /// Stops the old app. Reports once that it was slow: every restart waits for that.
    async fn make_room(&mut self) -> anyhow::Result<()> {
        let stopped = self.stop().await?;
        if stopped == Some(Stopped::Killed) && self.slow_exits == SlowExits::Unreported {
            self.slow_exits = SlowExits::Reported;
            let grace = humantime::format_duration(self.options.grace);
            let notice = format!(
                "the app did not exit within {grace} of SIGTERM and was killed; every restart will wait this long until it exits sooner or --grace is lowered"
            );
            self.channels.notice_tx.send(notice)?;
        }
        Ok(())
    }

    /// Lets the app finish its responses, then stops it. Returns what that took, or `None` if no app ran.
    pub(super) async fn stop(&mut self) -> anyhow::Result<Option<Stopped>> {
        let grace = self.options.grace;
        let Some(running) = &mut self.running else {
            return Ok(None);
        };
        let is_idle = self.channels.forwarded_rx.wait_for(|count| *count == 0);
        // After the timeout the app is stopped although responses are missing.
        let _ = timeout(grace, is_idle).await;
        let stopped = running.app.stop(grace).await?;
        self.running = None;
        Ok(Some(stopped))
    }

    /// Ends the processes that earlier apps left behind.
    pub(super) fn end_orphans(&self) {
        orphans::end(Ancestors::Apps, &self.reaper.groups());
    }
}
