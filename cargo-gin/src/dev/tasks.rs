//! The tasks beside the loop, and the channels between them.

use std::collections::HashSet;

use anyhow::Context as _;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};

use crate::assets::Assets;
use crate::cli::Dev;
use crate::dev::hint::Hint;
use crate::dev::hooks::HookRunner;
use crate::dev::inbox::Inbox;
use crate::dev::listeners::Listeners;
use crate::dev::restart::{AppChannels, AppSlot};
use crate::dev::session::{Known, Loads, Session};
use crate::dev::signals::Signals;
use crate::dev::startup::{Initial, Loaded};
use crate::dev::status_writer::StatusWriter;
use crate::editor::Editor;
use crate::fix::{Fixer, Order};
use crate::os::orphans::{self, Ancestors};
use crate::os::reaper::Reaper;
use crate::proxy::{self, Bodies, Capacity, Overlay, Token, Wiring};
use crate::sides::{self, Addresses, Backoff, Publisher, Supervisors};
use crate::state::{Event, Freshness, InFlight, Status};
use crate::terminal::{Browser, Commands, Inputs, QuitReason, Terminal, Urls};
use crate::tls::{Material, Tls};
use crate::watcher::{Scope, Watcher};

/// The memory for requests that wait for the app, in bytes: enough for 6,000 with short heads.
const HELD: usize = 256 * 1024 * 1024;

/// The tasks beside the loop.
pub(super) struct Tasks {
    /// Watches, edits, and serves the browser.
    pub(super) background: JoinSet<()>,
    pub(super) quit_rx: mpsc::Receiver<QuitReason>,
    /// Run the processes beside the app.
    pub(super) supervisors: Supervisors,
    terminal: JoinHandle<()>,
}

/// The loop's ends of the channels.
struct LoopEnds {
    event_rx: mpsc::Receiver<Event>,
    status_tx: watch::Sender<Status>,
    scope_tx: watch::Sender<Scope>,
    assets_tx: watch::Sender<Assets>,
    report_token: Token,
    port_rx: watch::Receiver<Option<u16>>,
    in_flight: InFlight,
    fresh: Freshness,
    publisher: Publisher,
    addresses: Addresses,
    channels: AppChannels,
}

impl LoopEnds {
    /// Returns the parts of the loop, connected to the tasks.
    fn connect<'a>(
        self,
        loaded: &'a Loaded,
        reaper: &'a Reaper,
    ) -> anyhow::Result<(Session<'a>, Inbox)> {
        let (dev, notice_tx) = (&loaded.dev, self.channels.notice_tx.clone());
        let status = StatusWriter::new(self.status_tx);
        let (run_tx, run_rx) = watch::channel(None);
        let inbox = Inbox::new(
            self.event_rx,
            self.assets_tx,
            notice_tx.clone(),
            status.clone(),
            run_rx,
        );
        let hooks = HookRunner {
            hooks: &loaded.hooks,
            reaper,
            output_tx: self.channels.output_tx.clone(),
            notice_tx: notice_tx.clone(),
            run_tx,
            fresh: self.fresh,
            skipped: None,
        };
        let session = Session {
            dev,
            directory: std::env::current_dir().context("cannot find the current directory")?,
            tables: loaded.tables.clone(),
            reaper,
            report_token: self.report_token,
            port_rx: self.port_rx,
            status,
            scope_tx: self.scope_tx,
            notice_tx,
            sides: &loaded.sides,
            publisher: self.publisher,
            addresses: self.addresses,
            hooks,
            known: Known::Nothing,
            fast: None,
            explained: HashSet::new(),
            loads: Loads::None,
            slot: AppSlot::empty(&dev.run, reaper, self.channels),
            in_flight: self.in_flight,
            backoff: Backoff::new(),
            last_crash: None,
            hint: Hint::default(),
        };
        Ok((session, inbox))
    }
}

impl Tasks {
    /// Lays the channels, starts a task at each end that is not the loop's, and returns what the loop needs.
    pub(super) fn start<'a>(
        loaded: &'a Loaded,
        listeners: Listeners,
        certificate: Option<Material>,
        reaper: &'a Reaper,
    ) -> anyhow::Result<(Session<'a>, Inbox, Tasks)> {
        let dev = &loaded.dev;
        let Initial { mut status, scope } = Initial::new(loaded)?;
        status.front = listeners.port();
        let (event_tx, event_rx) = mpsc::channel(256);
        let (quit_tx, quit_rx) = mpsc::channel(1);
        let (status_tx, status_rx) = watch::channel(status);
        let (scope_tx, scope_rx) = watch::channel(scope);
        let (assets_tx, assets_rx) = watch::channel(Assets::default());
        let (forwarded_tx, forwarded_rx) = watch::channel(0);
        let (demand_tx, demand_rx) = watch::channel(0);
        let (port_tx, port_rx) = watch::channel(dev.addresses.app_port);
        let (freshness, barrier_rx) = Freshness::channel();
        let report_token = Token::random();
        let in_flight = InFlight::default();
        let mut background = JoinSet::new();
        let watcher = Watcher::start(scope_rx, status_rx.clone(), barrier_rx, event_tx.clone())?;
        let fresh = freshness.with_notices(event_tx.clone());
        let fresh = fresh.with_proof(watcher.proof());
        background.spawn(watcher.run());
        let (fix_tx, undoable_rx) = edit(&mut background, status_rx.clone());
        let (output_tx, notice_tx, inputs) = Inputs::channel(status_rx.clone());
        let commands = Commands::new(&event_tx, quit_tx);
        let tls = certificate.map(|certificate| Tls::new(certificate, &notice_tx));
        let terminal = terminal(dev, &listeners, inputs).start(commands);
        let channels = sides::Channels {
            output_tx: output_tx.clone(),
            notice_tx: notice_tx.clone(),
            grace: dev.run.grace,
            addresses: Addresses::pick(&loaded.sides, listeners.url())?,
        };
        let (supervisors, publisher) = Supervisors::new(&loaded.sides, &channels);
        let addresses = channels.addresses;
        let wiring = Wiring {
            settings: proxy_settings(dev, &listeners, tls.transpose()?),
            status: status_rx,
            sides: supervisors.sides(),
            events: event_tx,
            notices: notice_tx.clone(),
            fixes: fix_tx,
            undoable: undoable_rx,
            port: port_tx,
            report: report_token.clone(),
            fresh: fresh.clone(),
            pending: forwarded_tx,
            in_flight: in_flight.clone(),
            demand: demand_tx,
            assets: (!dev.addresses.no_reload).then_some(assets_rx),
        };
        background.spawn(proxy::serve(wiring, listeners.into_sockets()));
        let ends = LoopEnds {
            event_rx,
            status_tx,
            scope_tx,
            assets_tx,
            report_token,
            port_rx,
            in_flight,
            fresh,
            publisher,
            addresses,
            channels: AppChannels {
                output_tx,
                notice_tx,
                forwarded_rx,
                demand_rx,
            },
        };
        let (session, inbox) = ends.connect(loaded, reaper)?;
        let tasks = Tasks {
            background,
            quit_rx,
            supervisors,
            terminal,
        };
        Ok((session, inbox, tasks))
    }

    /// Ends everything, the app first. A second signal ends it at once.
    pub(super) async fn finish(
        mut self,
        mut session: Session<'_>,
        signals: &mut Signals,
    ) -> anyhow::Result<()> {
        let stop = async { tokio::join!(session.slot.stop(), self.supervisors.stop()).0 };
        tokio::select! {
            stopped = stop => drop(stopped?),
            _ = signals.quit() => {}
        }
        session.slot.end_orphans();
        orphans::end(Ancestors::Sides, &session.reaper.groups());
        // Without a session there is no more status: the proxy ends its connections, and the terminal shows what is left.
        drop(session);
        while let Some(ended) = self.background.join_next().await {
            ended.context("a task of the dev server failed")?;
        }
        tokio::select! {
            ended = self.terminal => ended.context("the terminal failed"),
            // A terminal that was stopped, or a pipe that nobody reads, may never take the rest.
            _ = signals.quit() => Ok(()),
        }
    }
}

/// Starts the task that edits files. Returns the channel of its orders and the number of those that it can undo.
fn edit(
    tasks: &mut JoinSet<()>,
    status_rx: watch::Receiver<Status>,
) -> (mpsc::Sender<Order>, watch::Receiver<usize>) {
    let (fix_tx, fix_rx) = mpsc::channel(16);
    let fixer = Fixer::new(status_rx);
    let undoable_rx = fixer.undoable();
    tasks.spawn(fixer.run(fix_rx));
    (fix_tx, undoable_rx)
}

fn terminal(dev: &Dev, listeners: &Listeners, inputs: Inputs) -> Terminal {
    let browser = if dev.addresses.open {
        Browser::OnceReady
    } else {
        Browser::ByKey
    };
    let urls = Urls {
        local: listeners.url(),
        network: listeners.network_urls(),
    };
    Terminal::new(&dev.terminal, urls, browser, inputs)
}

fn proxy_settings(dev: &Dev, listeners: &Listeners, tls: Option<Tls>) -> proxy::Settings {
    proxy::Settings {
        hold: dev.run.hold,
        held: HELD,
        sockets: Capacity::of_process(),
        hosts: listeners.hosts(),
        trusted: dev.tls.behind_proxy.clone(),
        tls,
        permit: listeners.permit(dev.pages.actions),
        editor: Editor::find(&dev.pages.editor, |name| std::env::var(name).ok()),
        bodies: if dev.pages.record_bodies {
            Bodies::Kept
        } else {
            Bodies::Counted
        },
        overlay: Overlay::of(&dev.pages),
    }
}
