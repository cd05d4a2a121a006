//! A running proxy, with the phase in the test's hand.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::assets::Assets;
use crate::editor::{Editor, Unopenable};
use crate::fix::Fixer;
use crate::os::exit::ExitStatus;
use crate::proxy::tests::app::App;
use crate::proxy::tests::wire::{PATIENCE, Wire};
use crate::proxy::{AllowedHosts, Bodies, Permit, Proxy, Rules, Token};
use crate::source::Sources;
use crate::state::{
    Cause, Change, ChangedFiles, Effect, Event, Exit, Freshness, History, Phase, Progress, Recipe,
    Start, Status, Tail, Target, Timings,
};

/// A running proxy, and what the rest of the dev server holds of it.
pub(super) struct Rig {
    pub(super) address: SocketAddr,
    pub(super) status: watch::Sender<Status>,
    pub(super) events: mpsc::Receiver<Event>,
    pub(super) pending: watch::Receiver<usize>,
    pub(super) demand: watch::Receiver<usize>,
    pub(super) assets: watch::Sender<Assets>,
    /// What the app is asked for reports with.
    pub(super) report: String,
    pub(super) server: JoinHandle<()>,
}

impl Rig {
    /// How many requests can wait.
    pub(super) const PLACES: usize = 100;

    /// A proxy with the first build under way.
    pub(super) async fn start() -> Rig {
        Rig::start_holding(PATIENCE).await
    }

    /// The same, with a `--hold` of its own.
    pub(super) async fn start_holding(hold: Duration) -> Rig {
        let (fresh, asked) = Freshness::channel();
        tokio::spawn(always_fresh(asked));
        Rig::start_with(hold, fresh).await
    }

    /// The same, with a permit of its own.
    pub(super) async fn start_permitting(permit: Permit) -> Rig {
        let (fresh, asked) = Freshness::channel();
        tokio::spawn(always_fresh(asked));
        Rig::start_but(PATIENCE, fresh, |proxy| proxy.rules.permit = permit).await
    }

    /// The same, with bodies that are kept or not.
    pub(super) async fn start_recording(bodies: Bodies) -> Rig {
        let (fresh, asked) = Freshness::channel();
        tokio::spawn(always_fresh(asked));
        Rig::start_but(PATIENCE, fresh, |proxy| proxy.rules.bodies = bodies).await
    }

    /// The same, with an editor.
    pub(super) async fn start_with_editor(editor: Result<Editor, Unopenable>) -> Rig {
        let (fresh, asked) = Freshness::channel();
        tokio::spawn(always_fresh(asked));
        Rig::start_but(PATIENCE, fresh, |proxy| proxy.rules.editor = editor).await
    }

    /// The same, with saves in the test's hand.
    pub(super) async fn start_with(hold: Duration, fresh: Freshness) -> Rig {
        Rig::start_but(hold, fresh, |_| {}).await
    }

    /// A proxy with `--no-reload`, before an app that is ready.
    pub(super) async fn start_without_reload() -> (Rig, App) {
        let (fresh, asked) = Freshness::channel();
        tokio::spawn(always_fresh(asked));
        let rig = Rig::start_but(PATIENCE, fresh, |proxy| proxy.assets = None).await;
        let app = rig.becomes_ready().await;
        (rig, app)
    }

    async fn start_but(hold: Duration, fresh: Freshness, change: impl FnOnce(&mut Proxy)) -> Rig {
        let (assets, shown) = watch::channel(Assets::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (status, statuses) = watch::channel(building());
        let (event, events) = mpsc::channel(8);
        let (pending, demand) = (watch::Sender::new(0), watch::Sender::new(0));
        let (pendings, demands) = (pending.subscribe(), demand.subscribe());
        let (fixes, orders) = mpsc::channel(1);
        let editing = Fixer::new(statuses.clone());
        let undoable = editing.undoable();
        tokio::spawn(editing.run(orders));
        let mut proxy = Proxy {
            rules: Rules {
                hold,
                places: Self::PLACES,
                hosts: AllowedHosts::parse(&["app.test".to_owned()]).unwrap(),
                permit: Permit::Local,
                editor: Err(Unopenable::Unset),
                bodies: Bodies::Kept,
            },
            status: statuses,
            events: event,
            fixes,
            undoable,
            report: Token::random(),
            fresh,
            pending,
            demand,
            assets: Some(shown),
        };
        change(&mut proxy);
        let report = proxy.report.as_str().to_owned();
        Rig {
            address,
            status,
            events,
            pending: pendings,
            demand: demands,
            assets,
            report,
            server: tokio::spawn(proxy.serve(vec![listener])),
        }
    }

    /// A proxy before an app that is ready.
    pub(super) async fn ready() -> (Rig, App) {
        let rig = Rig::start().await;
        let app = rig.becomes_ready().await;
        (rig, app)
    }

    /// A proxy before an app that is ready and is built on gin-core.
    pub(super) async fn reporting() -> (Rig, App) {
        let (rig, app) = Rig::ready().await;
        rig.status.send_modify(|status| {
            let target = Arc::make_mut(&mut status.target);
            target.reports = true;
        });
        (rig, app)
    }

    /// The same build comes to another phase.
    pub(super) fn becomes(&self, phase: Phase) {
        self.status.send_modify(|status| status.phase = phase);
    }

    /// The build comes to an app that is ready.
    pub(super) async fn becomes_ready(&self) -> App {
        let app = App::listen().await;
        self.becomes(Phase::Ready(app.address));
        app
    }

    /// A new build starts.
    pub(super) fn builds(&self) {
        self.status.send_modify(|status| {
            status.attempt += 1;
            status.phase = Phase::Building(Progress::default());
        });
    }

    /// Somebody saves a file that the app reads when it runs.
    pub(super) fn saves(&self, path: &str) {
        let cause = Cause::Changed(ChangedFiles::one(path));
        let effect = Effect::Reload;
        let is_shown = |assets: &mut Assets| assets.take(&Change { cause, effect });
        assert!(self.assets.send_if_modified(is_shown), "{path} is shown");
    }

    /// A client's connection.
    pub(super) async fn client(&self) -> Wire {
        Wire::new(TcpStream::connect(self.address).await.unwrap())
    }

    /// A client that has sent this.
    pub(super) async fn asks(&self, octets: &str) -> Wire {
        let mut client = self.client().await;
        client.send(octets).await;
        client
    }

    /// Waits until so many requests are held.
    pub(super) async fn holds(&self, count: usize) {
        let mut demand = self.demand.clone();
        let held = demand.wait_for(|held| *held == count);
        timeout(PATIENCE, held)
            .await
            .expect("so many are held")
            .unwrap();
    }

    /// Waits until so many requests are pending.
    pub(super) async fn has_pending(&self, count: usize) {
        let mut pending = self.pending.clone();
        let reached = pending.wait_for(|pending| *pending == count);
        timeout(PATIENCE, reached)
            .await
            .expect("so many are pending")
            .unwrap();
    }
}

async fn always_fresh(mut asked: mpsc::Receiver<oneshot::Sender<()>>) {
    while let Some(done) = asked.recv().await {
        let _ = done.send(());
    }
}

fn building() -> Status {
    Status {
        target: Arc::new(Target {
            package: "hello".to_owned(),
            name: "hello".to_owned(),
            root: "/secret/root".into(),
            packages: Vec::new(),
            reports: false,
            recipe: Recipe::default(),
        }),
        attempt: 1,
        cause: Cause::Started,
        since: Instant::now(),
        phase: Phase::Building(Progress::default()),
        diagnostics: Arc::default(),
        timings: Timings::default(),
        history: History::default(),
    }
}

/// The app has exited with a code.
pub(super) fn crashed(code: i32) -> Phase {
    Phase::Crashed(Arc::new(Exit {
        status: ExitStatus::Code(code),
        uptime: Duration::from_secs(1),
        port: 1,
        directory: PathBuf::new(),
        tail: Tail::default(),
        sources: Sources::default(),
    }))
}

/// The app has been started.
pub(super) fn starting() -> Phase {
    Phase::Starting(Start {
        since: Instant::now(),
        port: 1,
        opened: Vec::new(),
        tail: Tail::default(),
    })
}
