//! The tasks and the loop.

use std::convert::Infallible;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::pin;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};

use super::attempt::{Pace, Session};
use super::front::Front;
use super::generated::{Generated, Source};
use super::settings::Settings;
use super::signals::{Quit, Signals};
use crate::assets::Assets;
use crate::change::{Cause, Change, Effect, Event, Freshness};
use crate::cli::Dev;
use crate::diagnostics::Diagnostics;
use crate::editor::Editor;
use crate::fix::Fixer;
use crate::guard::Guard;
use crate::history::{History, Timings};
use crate::phase::{Phase, Progress, Said, Status, Target};
use crate::proxy::{Bodies, Proxy};
use crate::strays;
use crate::terminal::{self, Orders, Terminal};
use crate::watcher::{Scope, Watcher};
use crate::workspace::{self, Manifests, Unloadable, Workspace};

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
    let (dev, workspace) = load(settings).await?;
    let front = Front::bind(&dev.front).await?;
    let start = Beginning::new(workspace.as_ref(), &dev)?;
    let (events, inbox) = mpsc::channel(256);
    let (said, says) = mpsc::channel(256);
    let (quit, mut quits) = mpsc::channel(1);
    let (status, statuses) = watch::channel(start.status);
    let (scopes, scope) = watch::channel(start.scope);
    let (fresh, barriers) = Freshness::channel();
    let (pending, forwarded) = watch::channel(0);
    let (demand, demanded) = watch::channel(0);
    let (assets, shown) = watch::channel(Assets::default());

    if front.is_open() {
        let text = "others on your network can reach this app, and the pages that show its source";
        said.send(Said::Notice(text.to_owned())).await?;
    }
    if dev.front.open {
        tokio::spawn(terminal::open_when_ready(statuses.clone(), front.url()));
    }
    let terminal = Terminal::new(&dev.terminal, front.url(), statuses.clone(), says);
    let orders = Orders {
        events: events.clone(),
        quit,
    };
    let terminal = tokio::spawn(terminal.run(orders));
    let mut tasks = JoinSet::new();
    let watcher = Watcher::start(scope, statuses.clone(), barriers, events.clone())?;
    tasks.spawn(watcher.run());
    let (fixes, orders) = mpsc::channel(16);
    tasks.spawn(Fixer::new(statuses.clone()).run(orders));
    let proxy = Proxy {
        hold: dev.run.hold,
        places: PLACES,
        hosts: front.hosts(),
        status: statuses,
        events,
        fixes,
        editor: Editor::find(&dev.pages.editor, |name| std::env::var(name).ok()),
        bodies: if dev.pages.record_bodies {
            Bodies::Kept
        } else {
            Bodies::Counted
        },
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

/// The loop: one attempt at a time, each dropped by the next change.
async fn attempts(
    session: &mut Session<'_>,
    mut inbox: mpsc::Receiver<Event>,
    assets: &watch::Sender<Assets>,
) -> anyhow::Result<Infallible> {
    let mut change = Change {
        cause: Cause::Started,
        effect: Effect::Rebuild,
    };
    let mut burst = Burst::new(session.dev.watch.debounce);
    let mut generated = Generated::default();
    let mut pace = Pace::AtOnce;
    loop {
        session.announce(&change);
        let (statuses, said) = (session.status.subscribe(), session.said.clone());
        let target_dir = session.target_dir();
        let next = {
            let attempt = session.attempt(&change, pace);
            pin!(attempt);
            loop {
                tokio::select! {
                    biased;
                    event = inbox.recv() => match event.context("nobody watches any more")? {
                        Event::Change(next) if is_of_use(&next, &statuses.borrow()) => {
                            let source = generated.source(&next, &statuses.borrow(), &target_dir);
                            match source {
                                Source::Person => break next,
                                Source::Build => {}
                                Source::Revealed => said.send(Said::Notice(written_by_build(&next))).await?,
                            }
                        }
                        Event::Change(other) => drop(assets.send_if_modified(|assets| assets.take(&other))),
                        // Whoever asked has left, or learns now that the changes before are announced.
                        Event::Barrier(done) => drop(done.send(())),
                        Event::Notice(text) => said.send(Said::Notice(text)).await?,
                    },
                    failed = &mut attempt => match failed? {},
                }
            }
        };
        // Whatever the attempt had running, cargo or an app that was starting, ended when it was dropped.
        pace = burst.pace(&next, &session.status.borrow().target.root);
        let is_unfinished = matches!(
            statuses.borrow().phase,
            Phase::Building(_) | Phase::Starting(_)
        );
        if is_unfinished {
            change.merge(next);
        } else {
            change = next;
        }
    }
}

fn written_by_build(change: &Change) -> String {
    format!(
        "the build itself writes {}: that starts no other",
        change.cause
    )
}

/// Does this change ask for an attempt? A file that the app reads when it runs only does when the app does not run.
fn is_of_use(change: &Change, status: &Status) -> bool {
    change.effect > Effect::Reload || matches!(status.phase, Phase::Crashed(_))
}

/// Changes that follow each other closely.
struct Burst {
    quiet: Duration,
    last: Option<Instant>,
    has_begun: bool,
}

impl Burst {
    fn new(quiet: Duration) -> Burst {
        Burst {
            quiet,
            last: None,
            has_begun: false,
        }
    }

    /// A single save is built at once, a burst of them when it is over. A file that is gone is the first half of what
    /// some editors do to save it, so that waits as well.
    fn pace(&mut self, change: &Change, root: &Path) -> Pace {
        let is_over = self.last.is_none_or(|last| last.elapsed() >= self.quiet);
        self.last = Some(Instant::now());
        if is_over {
            self.has_begun = false;
        }
        let is_gone = match &change.cause {
            Cause::Changed(paths) => paths.iter().all(|path| !root.join(path).exists()),
            Cause::Started | Cause::Asked | Cause::Overflow => false,
        };
        if is_gone || self.has_begun {
            return Pace::Settled;
        }
        self.has_begun = true;
        Pace::AtOnce
    }
}

/// The options, and the workspace unless its manifests are broken.
async fn load(settings: &Settings) -> anyhow::Result<(Dev, Option<Workspace>)> {
    const PACKAGE: &str = "package.metadata.gin";
    const WORKSPACE: &str = "workspace.metadata.gin";
    let manifests = match Manifests::read(&settings.dev.selection).await {
        Ok(manifests) => manifests,
        Err(Unloadable::Manifest(_)) => return Ok((settings.with(&[])?, None)),
        Err(Unloadable::Options(error)) => return Err(error),
    };
    let workspace = manifests.workspace_table();
    let dev = settings.with(&[(WORKSPACE, &workspace)])?;
    let package = manifests.package_table(&dev.selection);
    let dev = settings.with(&[(PACKAGE, &package), (WORKSPACE, &workspace)])?;
    if dev.run.overlap && dev.front.app_port.is_some() {
        anyhow::bail!("two apps can't have one port; drop --overlap or --app-port");
    }
    let workspace = manifests.choose(&dev.selection)?;
    let workspace = workspace.made_in(dev.build.target_dir.as_deref());
    Ok((dev, Some(workspace)))
}

/// What there is to show and to watch before the first attempt.
struct Beginning {
    status: Status,
    scope: Scope,
}

impl Beginning {
    fn new(workspace: Option<&Workspace>, dev: &Dev) -> anyhow::Result<Beginning> {
        let (target, scope) = match workspace {
            Some(workspace) => (workspace.target.clone(), Scope::new(workspace, &dev.watch)),
            None => unread(dev)?,
        };
        let status = Status {
            target: Arc::new(target),
            build: 0,
            cause: Cause::Started,
            since: Instant::now(),
            phase: Phase::Building(Progress::default()),
            diagnostics: Arc::new(Diagnostics::default()),
            timings: Timings::default(),
            history: History::default(),
        };
        Ok(Beginning { status, scope })
    }
}

/// What is known of a package whose manifest can't be read: its folder.
fn unread(dev: &Dev) -> anyhow::Result<(Target, Scope)> {
    let manifest = workspace::manifest(&dev.selection)?;
    let folder = manifest.parent().unwrap_or(&manifest);
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let target = Target {
        package: String::new(),
        name: name.into_owned(),
        root: folder.to_owned(),
    };
    Ok((target, Scope::unread(folder, &dev.watch)))
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
