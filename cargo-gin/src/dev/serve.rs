//! The tasks, and the channels between them.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};

use super::attempt::{Patience, Session};
use super::attempts::attempts;
use super::beginning::{self, Beginning, Loaded};
use super::front::Front;
use super::inbox::Inbox;
use super::settings::Settings;
use super::signals::{Quit, Signals};
use crate::assets::Assets;
use crate::change::Freshness;
use crate::cli::Dev;
use crate::editor::Editor;
use crate::fix::{Fixer, Order};
use crate::guard::Guard;
use crate::phase::Status;
use crate::proxy::{Bodies, Proxy, Rules, Token};
use crate::strays::{self, Of};
use crate::terminal::{Browser, Heard, Orders, Parting, Terminal};
use crate::watcher::Watcher;
use crate::workspace::{Tables, Workspace};

/// How many requests can wait for the app. A client that asks every 10 ms is not sent away within ten seconds.
const PLACES: usize = 1000;

/// Builds, runs and watches the app until a signal or a key ends it, or nobody reads any more what it tells.
pub(crate) fn run(settings: &Settings) -> anyhow::Result<ExitCode> {
    // One thread: the app is tied to the thread that starts it, and that must be the last to go.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    strays::adopt();
    let guard = Guard::start()?;
    let code = runtime.block_on(serve(settings, &guard));
    // What still runs in the background waits for input that may never come.
    runtime.shutdown_background();
    guard.finish();
    code
}

async fn serve(settings: &Settings, guard: &Guard) -> anyhow::Result<ExitCode> {
    let mut signals = Signals::listen().context("cannot listen for signals")?;
    let Loaded {
        dev,
        tables,
        workspace,
    } = tokio::select! {
        quit = signals.quit() => return Ok(quit.code()),
        loaded = beginning::load(settings) => loaded?,
    };
    let front = Front::bind(&dev.front).await?;
    let is_open = front.is_open();
    let mut works = Works::start(&dev, tables, workspace, front, guard)?;
    if is_open {
        let text = "others on your network can reach this app, and the pages that show its source";
        works.session.notices.send(text.to_owned())?;
    }
    let quit = tokio::select! {
        quit = signals.quit() => quit,
        Some(parting) = works.quits.recv() => Quit::from(parting),
        failed = attempts(&mut works.session, works.inbox) => match failed? {},
        Some(ended) = works.tasks.join_next() => anyhow::bail!("a task of the dev server ended: {ended:?}"),
    };
    finish(works.session, &mut signals, works.tasks, works.terminal).await?;
    Ok(quit.code())
}

/// All that runs but for the loop, and what the loop needs.
struct Works<'a> {
    inbox: Inbox,
    session: Session<'a>,
    tasks: JoinSet<()>,
    terminal: JoinHandle<()>,
    /// The terminal's wish to end.
    quits: mpsc::Receiver<Parting>,
}

impl<'a> Works<'a> {
    /// Lays the channels, and starts a task at each end that is not the loop's.
    fn start(
        dev: &'a Dev,
        tables: Tables,
        workspace: Option<Workspace>,
        front: Front,
        guard: &'a Guard,
    ) -> anyhow::Result<Works<'a>> {
        let Beginning { status, scope } = Beginning::new(workspace.as_ref(), dev)?;
        let (events, inbox) = mpsc::channel(256);
        let (quit, quits) = mpsc::channel(1);
        let (status, statuses) = watch::channel(status);
        let (scopes, scope) = watch::channel(scope);
        let (assets, shown) = watch::channel(Assets::default());
        let (pending, forwarded) = watch::channel(0);
        let (demand, demanded) = watch::channel(0);
        let (fresh, barriers) = Freshness::channel();
        let report = Token::random();
        let mut tasks = JoinSet::new();
        tasks.spawn(Watcher::start(scope, statuses.clone(), barriers, events.clone())?.run());
        let (fixes, undoable) = edit(&mut tasks, statuses.clone());
        let (written, notices, heard) = Heard::channel(statuses.clone());
        let terminal = terminal(dev, &front, heard).start(Orders::new(&events, quit));
        let proxy = Proxy {
            rules: rules(dev, &front),
            status: statuses,
            events,
            fixes,
            undoable,
            report: report.clone(),
            fresh,
            pending,
            demand,
            assets: (!dev.front.no_reload).then_some(shown),
        };
        tasks.spawn(proxy.serve(front.into_listeners()));
        Ok(Works {
            inbox: Inbox::new(inbox, assets, notices.clone()),
            session: Session {
                dev,
                tables,
                guard,
                status,
                scopes,
                written,
                notices,
                report,
                forwarded,
                demanded,
                workspace,
                artifact: None,
                warnings: Arc::default(),
                app: None,
                patience: Patience::Untold,
            },
            tasks,
            terminal,
            quits,
        })
    }
}

/// Starts what edits files. Answers where it is asked to, and how much it can undo.
fn edit(
    tasks: &mut JoinSet<()>,
    statuses: watch::Receiver<Status>,
) -> (mpsc::Sender<Order>, watch::Receiver<usize>) {
    let (fixes, asked) = mpsc::channel(16);
    let editing = Fixer::new(statuses);
    let undoable = editing.undoable();
    tasks.spawn(editing.run(asked));
    (fixes, undoable)
}

fn terminal(dev: &Dev, front: &Front, heard: Heard) -> Terminal {
    let browser = if dev.front.open {
        Browser::OnceReady
    } else {
        Browser::ByKey
    };
    Terminal::new(&dev.terminal, front.url(), browser, heard)
}

fn rules(dev: &Dev, front: &Front) -> Rules {
    Rules {
        hold: dev.run.hold,
        places: PLACES,
        hosts: front.hosts(),
        permit: front.permit(dev.pages.actions),
        editor: Editor::find(&dev.pages.editor, |name| std::env::var(name).ok()),
        bodies: if dev.pages.record_bodies {
            Bodies::Kept
        } else {
            Bodies::Counted
        },
    }
}

/// Ends everything, the app first. A second signal ends it at once.
async fn finish(
    mut session: Session<'_>,
    signals: &mut Signals,
    mut tasks: JoinSet<()>,
    terminal: JoinHandle<()>,
) -> anyhow::Result<()> {
    tokio::select! {
        stopped = session.stop() => drop(stopped?),
        _ = signals.quit() => {}
    }
    strays::end(Of::AllApps, &[session.guard.group()]);
    // Without a session nobody tells a status any more: the proxy ends its connections, and the terminal is silent.
    drop(session);
    while let Some(ended) = tasks.join_next().await {
        ended.context("a task of the dev server failed")?;
    }
    tokio::select! {
        ended = terminal => ended.context("the terminal failed"),
        // Nobody may ever take what there is to be shown.
        _ = signals.quit() => Ok(()),
    }
}
