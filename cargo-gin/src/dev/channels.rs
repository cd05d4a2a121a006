//! The channels of the loop with the watcher and the proxy.

use std::collections::HashSet;

use anyhow::Context as _;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::assets::Assets;
use crate::dev::hint::Hint;
use crate::dev::hooks::HookRunner;
use crate::dev::inbox::Inbox;
use crate::dev::restart::{AppChannels, AppSlot};
use crate::dev::session::{Known, Loads, Session};
use crate::dev::startup::{Initial, Loaded};
use crate::dev::status_writer::StatusWriter;
use crate::os::reaper::Reaper;
use crate::proxy::Token;
use crate::sides::{self, Backoff, Publisher};
use crate::state::{Event, Freshness, InFlight, Status};
use crate::watcher::{Scope, Watcher};

/// The channels of the loop with the watcher and the proxy.
pub(super) struct Channels {
    pub(super) event_tx: mpsc::Sender<Event>,
    event_rx: mpsc::Receiver<Event>,
    pub(super) status_tx: watch::Sender<Status>,
    scope_tx: watch::Sender<Scope>,
    pub(super) assets_tx: watch::Sender<Assets>,
    pub(super) forwarded_tx: watch::Sender<usize>,
    pub(super) demand_tx: watch::Sender<usize>,
    pub(super) port_tx: watch::Sender<Option<u16>>,
    pub(super) report_token: Token,
    pub(super) in_flight: InFlight,
    pub(super) fresh: Freshness,
}

impl Channels {
    /// Lays the channels, and starts the watcher at its ends. `app_port` is the port that the app opens, if that is fixed.
    pub(super) fn lay(
        initial: Initial,
        app_port: Option<u16>,
        tasks: &mut JoinSet<()>,
    ) -> anyhow::Result<Channels> {
        let (event_tx, event_rx) = mpsc::channel(256);
        let (status_tx, status_rx) = watch::channel(initial.status);
        let (scope_tx, scope_rx) = watch::channel(initial.scope);
        let (freshness, barrier_rx) = Freshness::channel();
        let watcher = Watcher::start(scope_rx, status_rx, barrier_rx, event_tx.clone())?;
        let fresh = freshness.with_notices(event_tx.clone());
        let fresh = fresh.with_proof(watcher.proof());
        tasks.spawn(watcher.run());
        Ok(Channels {
            event_tx,
            event_rx,
            status_tx,
            scope_tx,
            assets_tx: watch::Sender::default(),
            forwarded_tx: watch::Sender::default(),
            demand_tx: watch::Sender::default(),
            port_tx: watch::Sender::new(app_port),
            report_token: Token::random(),
            in_flight: InFlight::default(),
            fresh,
        })
    }

    /// Returns the parts of the loop, connected to the tasks. `sides` are the channels of the processes beside the app.
    pub(super) fn connect<'a>(
        self,
        loaded: &'a Loaded,
        reaper: &'a Reaper,
        sides: sides::Channels,
        publisher: Publisher,
    ) -> anyhow::Result<(Session<'a>, Inbox)> {
        let (output_tx, notice_tx) = (sides.output_tx, sides.notice_tx);
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
            output_tx: output_tx.clone(),
            notice_tx: notice_tx.clone(),
            run_tx,
            fresh: self.fresh,
            skipped: None,
        };
        let app = AppChannels {
            output_tx,
            notice_tx: notice_tx.clone(),
            forwarded_rx: self.forwarded_tx.subscribe(),
            demand_rx: self.demand_tx.subscribe(),
        };
        let session = Session {
            dev: &loaded.dev,
            directory: std::env::current_dir().context("cannot find the current directory")?,
            tables: loaded.tables.clone(),
            reaper,
            report_token: self.report_token,
            port_rx: self.port_tx.subscribe(),
            status,
            scope_tx: self.scope_tx,
            notice_tx,
            sides: &loaded.sides,
            publisher,
            addresses: sides.addresses,
            hooks,
            known: Known::Nothing,
            fast: None,
            explained: HashSet::new(),
            loads: Loads::None,
            slot: AppSlot::empty(&loaded.dev.run, reaper, app),
            in_flight: self.in_flight,
            backoff: Backoff::new(),
            last_crash: None,
            hint: Hint::new(&loaded.dev),
        };
        Ok((session, inbox))
    }
}
