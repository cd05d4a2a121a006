//! A running proxy whose phase the test sets.

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
use crate::proxy::forwarding::Room;
use crate::proxy::tests::app::App;
use crate::proxy::tests::wire::{PATIENCE, Wire};
use crate::proxy::{
    AllowedHosts, Bodies, Capacity, Overlay, Permit, Settings, Token, Wiring, serve,
};
use crate::source::Sources;
use crate::state::{
    Cause, Change, ChangedFiles, Effect, Event, Exit, Freshness, History, InFlight, Phase,
    Progress, Recipe, Start, Status, Tail, Target, Timings,
};

/// A running proxy, with the ends of its channels that the rest of the dev server has.
pub(super) struct Rig {
    pub(super) address: SocketAddr,
    pub(super) status: watch::Sender<Status>,
    pub(super) events: mpsc::Receiver<Event>,
    pub(super) notices: mpsc::UnboundedReceiver<String>,
    pub(super) pending: watch::Receiver<usize>,
    pub(super) in_flight: InFlight,
    pub(super) demand: watch::Receiver<usize>,
    pub(super) assets: watch::Sender<Assets>,
    /// The token of reports.
    pub(super) report: String,
    pub(super) server: JoinHandle<()>,
}

impl Rig {
    /// The most requests with short heads that can be held.
    pub(super) const HELD: usize = 100;

    /// Starts a proxy while the first build is under way.
    pub(super) async fn start() -> Rig {
        Rig::start_holding(PATIENCE).await
    }

    /// The same with a value of `--hold`.
    pub(super) async fn start_holding(hold: Duration) -> Rig {
        let (fresh, barriers) = Freshness::channel();
        tokio::spawn(always_fresh(barriers));
        Rig::start_with(hold, fresh).await
    }

    /// The same with a value of `--actions`.
    pub(super) async fn start_permitting(permit: Permit) -> Rig {
        let (fresh, barriers) = Freshness::channel();
        tokio::spawn(always_fresh(barriers));
        Rig::start_but(PATIENCE, fresh, |wiring| wiring.settings.permit = permit).await
    }

    /// The same with an app that is ready, and values of `--behind-proxy`.
    pub(super) async fn ready_behind(trusted: &[&str]) -> (Rig, App) {
        let (fresh, barriers) = Freshness::channel();
        tokio::spawn(always_fresh(barriers));
        let trusted = trusted.iter().map(|text| text.parse().unwrap()).collect();
        let rig = Rig::start_but(PATIENCE, fresh, |wiring| wiring.settings.trusted = trusted);
        let rig = rig.await;
        let app = rig.becomes_ready().await;
        (rig, app)
    }

    /// The same with an app that is ready, and so many places for sockets.
    pub(super) async fn ready_within(sockets: Capacity) -> (Rig, App) {
        let (fresh, barriers) = Freshness::channel();
        tokio::spawn(always_fresh(barriers));
        let rig = Rig::start_but(PATIENCE, fresh, |wiring| wiring.settings.sockets = sockets);
        let rig = rig.await;
        let app = rig.becomes_ready().await;
        (rig, app)
    }

    /// The same with bodies that are recorded or not.
    pub(super) async fn start_recording(bodies: Bodies) -> Rig {
        let (fresh, barriers) = Freshness::channel();
        tokio::spawn(always_fresh(barriers));
        Rig::start_but(PATIENCE, fresh, |wiring| wiring.settings.bodies = bodies).await
    }

    /// The same with an editor.
    pub(super) async fn start_with_editor(editor: Result<Editor, Unopenable>) -> Rig {
        let (fresh, barriers) = Freshness::channel();
        tokio::spawn(always_fresh(barriers));
        Rig::start_but(PATIENCE, fresh, |wiring| wiring.settings.editor = editor).await
    }

    /// The same, where the test decides when the phase reflects all saves.
    pub(super) async fn start_with(hold: Duration, fresh: Freshness) -> Rig {
        Rig::start_but(hold, fresh, |_| {}).await
    }

    /// Starts a proxy with `--no-reload` and an app that is ready.
    pub(super) async fn start_without_reload() -> (Rig, App) {
        let (fresh, barriers) = Freshness::channel();
        tokio::spawn(always_fresh(barriers));
        let rig = Rig::start_but(PATIENCE, fresh, |wiring| wiring.assets = None).await;
        let app = rig.becomes_ready().await;
        (rig, app)
    }

    async fn start_but(hold: Duration, fresh: Freshness, change: impl FnOnce(&mut Wiring)) -> Rig {
        let (assets, shown) = watch::channel(Assets::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (status, statuses) = watch::channel(building());
        let (event, events) = mpsc::channel(8);
        let (notice, notices) = mpsc::unbounded_channel();
        let (pending, demand) = (watch::Sender::new(0), watch::Sender::new(0));
        let (pendings, demands) = (pending.subscribe(), demand.subscribe());
        let in_flight = InFlight::default();
        let (fixes, orders) = mpsc::channel(1);
        let editing = Fixer::new(statuses.clone());
        let undoable = editing.undoable();
        tokio::spawn(editing.run(orders));
        let mut wiring = Wiring {
            sides: crate::state::Sides::default(),
            settings: Settings {
                hold,
                held: Self::HELD * (Room::LEAST + 1024),
                sockets: Capacity::of_process(),
                hosts: AllowedHosts::parse(&["app.test".to_owned()]).unwrap(),
                trusted: Vec::new(),
                tls: None,
                permit: Permit::Local,
                editor: Err(Unopenable::Unset),
                bodies: Bodies::Kept,
                overlay: Overlay::default(),
            },
            status: statuses,
            events: event,
            notices: notice,
            fixes,
            undoable,
            port: watch::Sender::default(),
            report: Token::random(),
            fresh,
            pending,
            in_flight: in_flight.clone(),
            demand,
            assets: Some(shown),
        };
        change(&mut wiring);
        let report = wiring.report.as_str().to_owned();
        Rig {
            address,
            status,
            events,
            notices,
            pending: pendings,
            in_flight,
            demand: demands,
            assets,
            report,
            server: tokio::spawn(serve(wiring, vec![listener])),
        }
    }

    /// Starts a proxy and an app that is ready.
    pub(super) async fn ready() -> (Rig, App) {
        let rig = Rig::start().await;
        let app = rig.becomes_ready().await;
        (rig, app)
    }

    /// Starts a proxy and an app that is ready and built on gin-core.
    pub(super) async fn reporting() -> (Rig, App) {
        let (rig, app) = Rig::ready().await;
        rig.status.send_modify(|status| {
            let target = Arc::make_mut(&mut status.target);
            target.reports = true;
        });
        (rig, app)
    }

    /// Sets another phase of the same attempt.
    pub(super) fn becomes(&self, phase: Phase) {
        self.status.send_modify(|status| status.phase = phase);
    }

    /// Starts an app, and sets the phase `Ready`.
    pub(super) async fn becomes_ready(&self) -> App {
        let app = App::listen().await;
        self.becomes(Phase::ready_at(app.address));
        app
    }

    /// Starts a new attempt.
    pub(super) fn builds(&self) {
        self.status.send_modify(|status| {
            status.attempt += 1;
            status.phase = Phase::Building(Progress::default());
        });
    }

    /// Saves a file that the app reads while it runs.
    pub(super) fn saves(&self, path: &str) {
        let cause = Cause::Changed(ChangedFiles::named(path));
        let effect = Effect::Reload;
        let is_shown = |assets: &mut Assets| assets.take(&Change::new(cause, effect));
        assert!(self.assets.send_if_modified(is_shown), "{path} is shown");
    }

    /// Connects a client.
    pub(super) async fn client(&self) -> Wire {
        Wire::new(TcpStream::connect(self.address).await.unwrap())
    }

    /// Connects a client and sends these bytes.
    pub(super) async fn send(&self, bytes: &str) -> Wire {
        let mut client = self.client().await;
        client.send(bytes).await;
        client
    }

    /// Waits until `count` requests are held.
    pub(super) async fn holds(&self, count: usize) {
        let mut demand = self.demand.clone();
        let held = demand.wait_for(|held| *held == count);
        timeout(PATIENCE, held)
            .await
            .expect("so many are held")
            .unwrap();
    }

    /// Waits until `count` requests are pending.
    pub(super) async fn has_pending(&self, count: usize) {
        let mut pending = self.pending.clone();
        let reached = pending.wait_for(|pending| *pending == count);
        timeout(PATIENCE, reached)
            .await
            .expect("so many are pending")
            .unwrap();
    }
}

async fn always_fresh(mut barriers: mpsc::Receiver<oneshot::Sender<()>>) {
    while let Some(done) = barriers.recv().await {
        let _ = done.send(());
    }
}

fn building() -> Status {
    Status {
        target: Arc::new(Target {
            role: crate::state::Role::App,
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
        edition: 0,
        muted: None,
        revival: crate::state::Revival::Save,
        history: History::default(),
        front: 3000,
    }
}

/// Returns the phase of an app that has exited with a code.
pub(super) fn crashed(code: i32) -> Phase {
    Phase::Crashed(Arc::new(Exit {
        status: ExitStatus::Code(code),
        uptime: Duration::from_secs(1),
        port: 1,
        directory: PathBuf::new(),
        tail: Tail::default(),
        in_flight: Vec::new(),
        sources: Sources::default(),
    }))
}

/// Returns the phase of an app that has been started.
pub(super) fn starting() -> Phase {
    Phase::Starting(Start {
        since: Instant::now(),
        port: 1,
        is_open: false,
        opened: Vec::new(),
        tail: Tail::default(),
    })
}
