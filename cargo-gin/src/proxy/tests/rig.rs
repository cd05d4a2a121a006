//! A running proxy, and both ends of its connections.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::assets::Assets;
use crate::change::{Cause, Change, Effect, Event, Freshness};
use crate::editor::{Editor, Unopenable};
use crate::end::End;
use crate::fix::Fixer;
use crate::history::{History, Timings};
use crate::phase::{Exit, Phase, Recipe, Start, Status, Tail, Target};
use crate::progress::Progress;
use crate::proxy::{AllowedHosts, Bodies, Permit, Proxy, Rules, Token};
use crate::source::Sources;

/// Nothing that is to happen takes longer.
const PATIENCE: Duration = Duration::from_secs(10);

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
            status.build += 1;
            status.phase = Phase::Building(Progress::default());
        });
    }

    /// Somebody saves a file that the app reads when it runs.
    pub(super) fn saves(&self, path: &str) {
        let cause = Cause::Changed(vec![path.into()]);
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
        build: 1,
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
        end: End::Code(code),
        uptime: Duration::from_secs(1),
        port: 1,
        folder: PathBuf::new(),
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

/// An app that does what the test says, octet by octet.
pub(super) struct App {
    pub(super) address: SocketAddr,
    listener: TcpListener,
}

impl App {
    pub(super) async fn listen() -> App {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        App { address, listener }
    }

    /// The next connection of the proxy's.
    pub(super) async fn accept(&self) -> Wire {
        let (stream, _) = within("a connection", self.listener.accept())
            .await
            .unwrap();
        Wire::new(stream)
    }

    /// The next connection, and the head of the request on it.
    pub(super) async fn request(&self) -> (Wire, String) {
        let mut wire = self.accept().await;
        let head = wire.head().await;
        (wire, head)
    }

    /// Answers the next request, on a connection of its own.
    pub(super) async fn answers(&self, octets: &str) -> (Wire, String) {
        let (mut wire, head) = self.request().await;
        wire.send(octets).await;
        (wire, head)
    }

    /// Has nobody connected that was not accepted?
    pub(super) async fn is_alone(&self) -> bool {
        timeout(Duration::from_millis(50), self.listener.accept())
            .await
            .is_err()
    }
}

/// One end of a connection.
pub(super) struct Wire {
    pub(super) stream: TcpStream,
    unread: Vec<u8>,
}

impl Wire {
    fn new(stream: TcpStream) -> Wire {
        stream.set_nodelay(true).unwrap();
        let unread = Vec::new();
        Wire { stream, unread }
    }

    pub(super) async fn send(&mut self, octets: impl AsRef<[u8]>) {
        self.stream.write_all(octets.as_ref()).await.unwrap();
    }

    /// Reads up to the end of a head.
    pub(super) async fn head(&mut self) -> String {
        self.until("\r\n\r\n").await
    }

    /// Reads up to and with this text.
    pub(super) async fn until(&mut self, end: &str) -> String {
        loop {
            let found = self
                .unread
                .windows(end.len())
                .position(|window| window == end.as_bytes());
            if let Some(found) = found {
                let rest = self.unread.split_off(found + end.len());
                let text = std::mem::replace(&mut self.unread, rest);
                return String::from_utf8(text).unwrap();
            }
            assert!(
                self.fill().await,
                "closed before {end:?}: {:?}",
                self.unread.escape_ascii().to_string()
            );
        }
    }

    /// Reads so many octets.
    pub(super) async fn octets(&mut self, count: usize) -> String {
        while self.unread.len() < count {
            assert!(
                self.fill().await,
                "closed after {} of {count}",
                self.unread.len()
            );
        }
        let rest = self.unread.split_off(count);
        String::from_utf8(std::mem::replace(&mut self.unread, rest)).unwrap()
    }

    /// Reads exactly these octets.
    pub(super) async fn bears(&mut self, octets: &[u8]) {
        while self.unread.len() < octets.len() {
            assert!(self.fill().await, "closed after {:?}", self.unread);
        }
        let rest = self.unread.split_off(octets.len());
        assert_eq!(std::mem::replace(&mut self.unread, rest), octets);
    }

    /// Reads exactly these octets and the end.
    pub(super) async fn bears_and_ends(&mut self, octets: &[u8]) {
        while self.fill().await {}
        assert_eq!(std::mem::take(&mut self.unread), octets);
    }

    /// Reads to the end. A reset is an end, too.
    pub(super) async fn rest(&mut self) -> String {
        while self.fill().await {}
        String::from_utf8(std::mem::take(&mut self.unread)).unwrap()
    }

    async fn fill(&mut self) -> bool {
        let read = within("more octets", self.stream.read_buf(&mut self.unread)).await;
        read.is_ok_and(|count| count > 0)
    }
}

/// Fails the test when it does not come.
pub(super) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future)
        .await
        .unwrap_or_else(|_| panic!("{what} never came"))
}

/// The value of a field in a head, if it is there once.
pub(super) fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut values = head.lines().filter_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then_some(value.trim())
    });
    let value = values.next();
    assert!(values.next().is_none(), "{name} is there twice:\n{head}");
    value
}

/// The code in an answer's first line.
pub(super) fn code(head: &str) -> u16 {
    head.split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .unwrap_or_else(|| panic!("no status in {head:?}"))
}
