//! The tasks beside the loop, and the channels between them.

use std::sync::Arc;

use anyhow::Context as _;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};

use crate::cli::Dev;
use crate::dev::channels::Channels;
use crate::dev::inbox::Inbox;
use crate::dev::listeners::Listeners;
use crate::dev::session::Session;
use crate::dev::signals::Signals;
use crate::dev::startup::{Initial, Loaded};
use crate::editor::Editor;
use crate::fix::{Fixer, Order};
use crate::os::orphans::{self, Ancestors};
use crate::os::reaper::Reaper;
use crate::proxy::{self, Bodies, Capacity, Overlay, Wiring};
use crate::sides::{self, Addresses, Supervisors};
use crate::state::Status;
use crate::terminal::{Browser, Commands, Inputs, QuitReason, Terminal, Urls};
use crate::tls::{Material, Tls};

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

impl Tasks {
    /// Lays the channels, starts a task at each end that is not the loop's, and returns what the loop needs.
    pub(super) fn start<'a>(
        loaded: &'a Loaded,
        listeners: Listeners,
        certificate: Option<Material>,
        reaper: &'a Reaper,
    ) -> anyhow::Result<(Session<'a>, Inbox, Tasks)> {
        let dev = &loaded.dev;
        let mut initial = Initial::new(loaded)?;
        initial.status.front = listeners.port();
        let mut background = JoinSet::new();
        let channels = Channels::lay(initial, dev.addresses.app_port, &mut background)?;
        let (output_tx, notice_tx, inputs) = Inputs::channel(channels.status_tx.subscribe());
        let (quit_tx, quit_rx) = mpsc::channel(1);
        let commands = Commands::new(&channels.event_tx, quit_tx);
        let tls = certificate.map(|certificate| Tls::new(certificate, &notice_tx));
        let terminal = terminal(loaded, &listeners, inputs).start(commands);
        let beside = sides::Channels {
            output_tx,
            notice_tx,
            grace: dev.run.grace,
            addresses: Addresses::pick(&loaded.sides, listeners.url())?,
        };
        let (supervisors, publisher) = Supervisors::new(&loaded.sides, &beside);
        let (fix_tx, undoable_rx) = edit(&mut background, channels.status_tx.subscribe());
        let wiring = Wiring {
            settings: proxy_settings(dev, &listeners, tls.transpose()?),
            status: channels.status_tx.subscribe(),
            sides: supervisors.sides(),
            events: channels.event_tx.clone(),
            notices: beside.notice_tx.clone(),
            fixes: fix_tx,
            undoable: undoable_rx,
            port: channels.port_tx.clone(),
            report: channels.report_token.clone(),
            fresh: channels.fresh.clone(),
            pending: channels.forwarded_tx.clone(),
            in_flight: channels.in_flight.clone(),
            demand: channels.demand_tx.clone(),
            assets: (!dev.addresses.no_reload).then(|| channels.assets_tx.subscribe()),
        };
        background.spawn(proxy::serve(wiring, listeners.into_sockets()));
        let (session, inbox) = channels.connect(loaded, reaper, beside, publisher)?;
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

fn terminal(loaded: &Loaded, listeners: &Listeners, inputs: Inputs) -> Terminal {
    let dev = &loaded.dev;
    let browser = if dev.addresses.open {
        Browser::OnceReady
    } else {
        Browser::ByKey
    };
    let urls = Urls {
        local: listeners.url(),
        network: listeners.network_urls(),
    };
    let sides = loaded.sides.iter().map(|plan| Arc::clone(&plan.name));
    Terminal::new(&dev.terminal, urls, browser, inputs, sides.collect())
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
