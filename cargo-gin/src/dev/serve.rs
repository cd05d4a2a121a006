//! The tasks, and the channels between them.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};

use super::attempt::Session;
use super::attempts::attempts;
use super::beginning::{self, Beginning};
use super::front::Front;
use super::settings::Settings;
use super::signals::{Quit, Signals};
use crate::assets::Assets;
use crate::change::Freshness;
use crate::cli::Dev;
use crate::editor::Editor;
use crate::fix::Fixer;
use crate::guard::Guard;
use crate::phase::{Said, Status};
use crate::proxy::{Bodies, Proxy, Token};
use crate::strays;
use crate::terminal::{self, Orders, Terminal};
use crate::watcher::Watcher;

/// How many requests can wait for the app. A client that asks every 10 ms is not sent away within ten seconds.
const PLACES: usize = 1000;

/// Builds, runs and watches the app until a signal or a key ends it.
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
    let (dev, workspace) = beginning::load(settings).await?;
    let front = Front::bind(&dev.front).await?;
    let start = Beginning::new(workspace.as_ref(), &dev)?;
    let (events, inbox) = mpsc::channel(256);
    let (said, says) = mpsc::channel(256);
    let (quit, mut quits) = mpsc::channel(1);
    let (fixes, asked) = mpsc::channel(16);
    let (status, statuses) = watch::channel(start.status);
    let (scopes, scope) = watch::channel(start.scope);
    let (assets, shown) = watch::channel(Assets::default());
    let (pending, forwarded) = watch::channel(0);
    let (demand, demanded) = watch::channel(0);
    let (fresh, barriers) = Freshness::channel();
    let report = Token::random();

    let terminal = Terminal::new(&dev.terminal, front.url(), statuses.clone(), says);
    let terminal = tokio::spawn(terminal.run(Orders::new(&events, quit)));
    greet(&dev, &front, &said, &statuses).await?;
    let mut tasks = JoinSet::new();
    tasks.spawn(Watcher::start(scope, statuses.clone(), barriers, events.clone())?.run());
    let editing = Fixer::new(statuses.clone());
    let undoable = editing.undoable();
    tasks.spawn(editing.run(asked));
    let proxy = Proxy {
        hold: dev.run.hold,
        places: PLACES,
        hosts: front.hosts(),
        status: statuses,
        events,
        fixes,
        undoable,
        editor: Editor::find(&dev.pages.editor, |name| std::env::var(name).ok()),
        bodies: bodies(&dev),
        report: report.clone(),
        permit: front.permit(dev.pages.actions),
        fresh,
        pending,
        demand,
        assets: (!dev.front.no_reload).then_some(shown),
    };
    tasks.spawn(proxy.serve(front.into_listeners()));

    let mut session = Session {
        dev: &dev,
        guard,
        status,
        scopes,
        said,
        report,
        forwarded,
        demanded,
        workspace,
        artifact: None,
        warnings: Arc::default(),
        app: None,
    };
    let quit = tokio::select! {
        quit = signals.quit() => quit,
        Some(()) = quits.recv() => Quit::Key,
        failed = attempts(&mut session, inbox, &assets) => match failed? {},
        Some(ended) = tasks.join_next() => anyhow::bail!("a task of the dev server ended: {ended:?}"),
    };
    finish(session, &mut signals, tasks, terminal).await?;
    Ok(quit.code())
}

/// Says what the person should know from the start, and opens the browser where that is wanted.
async fn greet(
    dev: &Dev,
    front: &Front,
    said: &mpsc::Sender<Said>,
    statuses: &watch::Receiver<Status>,
) -> anyhow::Result<()> {
    if front.is_open() {
        let text = "others on your network can reach this app, and the pages that show its source";
        said.send(Said::Notice(text.to_owned())).await?;
    }
    if dev.front.open {
        tokio::spawn(terminal::open_when_ready(statuses.clone(), front.url()));
    }
    Ok(())
}

fn bodies(dev: &Dev) -> Bodies {
    if dev.pages.record_bodies {
        Bodies::Kept
    } else {
        Bodies::Counted
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
        stopped = session.stop() => stopped?,
        _ = signals.quit() => {}
    }
    strays::end(&[session.guard.group()]);
    // Without a session nobody tells a status any more: the proxy ends its connections, and the terminal is silent.
    drop(session);
    while let Some(ended) = tasks.join_next().await {
        ended.context("a task of the dev server failed")?;
    }
    terminal.await.context("the terminal failed")
}
