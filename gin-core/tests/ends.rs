//! Settings at their ends: each works, or is refused at the start with its place.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Duration;

use gin::cookies::Cookie;
use gin::extract::{Multipart, MultipartLimits};
use gin::files::Dir;
use gin::middleware::{
    Compression, ConcurrencyLimit, Cors, RateLimit, SecurityHeaders, ServerTiming, Timeout,
};
use gin::operations::Health;
use gin::prelude::*;
use gin::response::{Event, Sse};
use gin::sessions::Sessions;
use gin::testing::Client;
use gin::websocket::{Message, WebSocket};

/// The outcome of a setting.
#[derive(Debug, PartialEq)]
enum Outcome {
    Works,
    Refused,
}
use Outcome::{Refused, Works};

/// The method that sets it, with the value; the outcome; and an app with the setting. Its routes `/` and `/all` are requested.
type Case = (&'static str, Outcome, fn(Group) -> Group);

const LONGEST: Duration = Duration::MAX;
const NONE: Duration = Duration::ZERO;

const LIMITS: [Case; 28] = [
    ("RateLimit::per_second(0)", Refused, |app| {
        app.with(RateLimit::per_second(0))
    }),
    ("RateLimit::per_second(MAX)", Works, |app| {
        app.with(RateLimit::per_second(u32::MAX))
    }),
    ("RateLimit::per_minute(0)", Refused, |app| {
        app.with(RateLimit::per_minute(0))
    }),
    ("RateLimit::per_minute(MAX)", Works, |app| {
        app.with(RateLimit::per_minute(u32::MAX))
    }),
    ("RateLimit::per_hour(0)", Refused, |app| {
        app.with(RateLimit::per_hour(0))
    }),
    ("RateLimit::per_hour(MAX)", Works, |app| {
        app.with(RateLimit::per_hour(u32::MAX))
    }),
    ("RateLimit::new(1, 0)", Refused, |app| {
        app.with(RateLimit::new(1, NONE))
    }),
    ("RateLimit::new(1, MAX)", Works, |app| {
        app.with(RateLimit::new(1, LONGEST))
    }),
    ("RateLimit::new(MAX, 1 ns)", Works, |app| {
        app.with(RateLimit::new(u32::MAX, Duration::from_nanos(1)))
    }),
    ("RateLimit::burst(0)", Refused, |app| {
        app.with(RateLimit::per_second(1).burst(0))
    }),
    ("RateLimit::burst(MAX)", Works, |app| {
        app.with(RateLimit::new(1, LONGEST).burst(u32::MAX))
    }),
    ("Timeout::new(0)", Refused, |app| {
        app.with(Timeout::new(NONE))
    }),
    ("Timeout::new(MAX)", Works, |app| {
        app.with(Timeout::new(LONGEST))
    }),
    ("ConcurrencyLimit::new(0)", Refused, |app| {
        app.with(ConcurrencyLimit::new(0))
    }),
    ("ConcurrencyLimit::new(MAX)", Works, |app| {
        app.with(ConcurrencyLimit::new(usize::MAX))
    }),
    ("ConcurrencyLimit::queue(0)", Works, |app| {
        app.with(ConcurrencyLimit::new(1).queue(0))
    }),
    ("ConcurrencyLimit::queue(MAX)", Works, |app| {
        app.with(ConcurrencyLimit::new(usize::MAX).queue(usize::MAX))
    }),
    ("ConcurrencyLimit::longest_wait(0)", Works, |app| {
        app.with(ConcurrencyLimit::new(1).longest_wait(NONE))
    }),
    ("ConcurrencyLimit::longest_wait(MAX)", Works, |app| {
        app.with(ConcurrencyLimit::new(1).longest_wait(LONGEST))
    }),
    ("ConcurrencyLimit::retry_after(0)", Works, |app| {
        app.with(ConcurrencyLimit::new(1).retry_after(NONE))
    }),
    ("ConcurrencyLimit::retry_after(MAX)", Works, |app| {
        app.with(ConcurrencyLimit::new(1).retry_after(LONGEST))
    }),
    ("Group::body_limit(0)", Works, |app| app.body_limit(0)),
    ("Group::body_limit(MAX)", Works, |app| {
        app.body_limit(usize::MAX)
    }),
    ("Group::max_fields(0)", Works, |app| app.max_fields(0)),
    ("Group::max_fields(MAX)", Works, |app| {
        app.max_fields(usize::MAX)
    }),
    ("Health::timeout(0)", Refused, |app| {
        app.health("/all", health().timeout(NONE))
    }),
    ("Health::timeout(MAX)", Works, |app| {
        app.health("/all", health().timeout(LONGEST).cache(NONE))
    }),
    ("Health::cache(0)", Works, |app| {
        app.health("/all", health().cache(NONE))
    }),
];

fn health() -> Health {
    Health::new().check("nothing", async || Ok::<(), std::io::Error>(()))
}

const HEADERS: [Case; 18] = [
    ("Health::cache(MAX)", Works, |app| {
        app.health("/all", health().cache(LONGEST))
    }),
    ("Cors::new(no origins)", Works, |app| {
        app.with(Cors::new([]))
    }),
    ("Cors::new(nonsense)", Refused, |app| {
        app.with(Cors::new(["\u{0}"]))
    }),
    ("Cors::max_age(0)", Works, |app| {
        app.with(Cors::any_origin().max_age(NONE))
    }),
    ("Cors::max_age(MAX)", Works, |app| {
        app.with(Cors::any_origin().max_age(LONGEST))
    }),
    ("SecurityHeaders::hsts(0)", Works, |app| {
        app.with(SecurityHeaders::new().hsts(NONE))
    }),
    ("SecurityHeaders::hsts(MAX)", Works, |app| {
        app.with(SecurityHeaders::new().hsts(LONGEST))
    }),
    ("SecurityHeaders::hsts_with_subdomains(0)", Works, |app| {
        app.with(SecurityHeaders::new().hsts_with_subdomains(NONE))
    }),
    ("SecurityHeaders::hsts_with_subdomains(MAX)", Works, |app| {
        app.with(SecurityHeaders::new().hsts_with_subdomains(LONGEST))
    }),
    ("Compression::min_size(0)", Works, |app| {
        app.with(Compression::new().min_size(0))
    }),
    ("Compression::min_size(MAX)", Works, |app| {
        app.with(Compression::new().min_size(u64::MAX))
    }),
    ("ServerTiming::new()", Works, |app| {
        app.with(ServerTiming::new())
    }),
    ("Context::record_time(MAX)", Works, |app| {
        let record = async |cx: &mut Context| {
            cx.record_time("all", Duration::MAX);
            "hello"
        };
        app.with(ServerTiming::new()).get("/all", record)
    }),
    ("Dir::max_age(0)", Works, |app| {
        app.files("/files", Dir::new("tests").max_age(NONE))
    }),
    ("Dir::max_age(MAX)", Works, |app| {
        app.files("/files", Dir::new("tests").max_age(LONGEST))
    }),
    ("Cookie::max_age(0)", Works, |app| {
        app.get("/all", async |cookies: Cookies| -> gin::Result<()> {
            Ok(cookies.set(Cookie::new("a", "b").max_age(NONE))?)
        })
    }),
    ("Cookie::max_age(MAX)", Works, |app| {
        app.get("/all", async |cookies: Cookies| -> gin::Result<()> {
            Ok(cookies.set(Cookie::new("a", "b").max_age(LONGEST))?)
        })
    }),
    ("Event::retry(MAX)", Works, |app| {
        app.get("/all", async || events(Event::data("a").retry(LONGEST)))
    }),
];

/// A stream of one event.
fn events(event: Event) -> Sse {
    Sse::new(futures_util::stream::iter([event]))
}

#[get("/all")]
async fn all() -> &'static str {
    "all"
}

#[post("/form")]
async fn form(mut form: Multipart) -> gin::Result<String> {
    let mut texts = Vec::new();
    while let Some(field) = form.next().await? {
        texts.push(field.text().await?);
    }
    Ok(texts.join(" "))
}

const STREAMS: [Case; 22] = [
    ("Body::with_len(0)", Works, |app| {
        app.get("/all", async || Body::from_reader(&b""[..]).with_len(0))
    }),
    ("Body::with_len(MAX)", Works, |app| {
        app.head("/all", async || {
            Body::from_reader(&b""[..]).with_len(u64::MAX)
        })
    }),
    ("Event::retry(0)", Works, |app| {
        app.get("/all", async || events(Event::data("a").retry(NONE)))
    }),
    ("Sse::keep_alive(0)", Works, |app| {
        app.get("/all", async || events(Event::data("a")).keep_alive(NONE))
    }),
    ("Sse::keep_alive(MAX)", Works, |app| {
        app.get("/all", async || {
            events(Event::data("a")).keep_alive(LONGEST)
        })
    }),
    ("Route::body_limit(0)", Works, |app| {
        app.mount(routes![all.body_limit(0)])
    }),
    ("Route::body_limit(MAX)", Works, |app| {
        app.mount(routes![all.body_limit(usize::MAX)])
    }),
    ("Route::timeout(0)", Refused, |app| {
        app.mount(routes![all.timeout(NONE)])
    }),
    ("Route::timeout(MAX)", Works, |app| {
        app.mount(routes![all.timeout(LONGEST)])
    }),
    ("WebSocket::max_message_size(0)", Works, |app| {
        socket(app, |ws| ws.max_message_size(0))
    }),
    ("WebSocket::max_message_size(MAX)", Works, |app| {
        socket(app, |ws| ws.max_message_size(usize::MAX))
    }),
    ("WebSocket::max_frame_size(0)", Works, |app| {
        socket(app, |ws| ws.max_frame_size(0))
    }),
    ("WebSocket::max_frame_size(MAX)", Works, |app| {
        socket(app, |ws| ws.max_frame_size(usize::MAX))
    }),
    ("WebSocket::keep_alive(0)", Works, |app| {
        socket(app, |ws| ws.keep_alive(NONE))
    }),
    ("WebSocket::keep_alive(MAX)", Works, |app| {
        socket(app, |ws| ws.keep_alive(LONGEST))
    }),
    ("MultipartLimits::form(0)", Works, |app| {
        upload(app, MultipartLimits::new().form(0))
    }),
    ("MultipartLimits::form(MAX)", Works, |app| {
        upload(app, MultipartLimits::new().form(u64::MAX))
    }),
    ("MultipartLimits::field(0)", Works, |app| {
        upload(app, MultipartLimits::new().field(0))
    }),
    ("MultipartLimits::field(MAX)", Works, |app| {
        upload(app, MultipartLimits::new().field(u64::MAX))
    }),
    ("MultipartLimits::text(0)", Works, |app| {
        upload(app, MultipartLimits::new().text(0))
    }),
    ("MultipartLimits::text(MAX)", Works, |app| {
        upload(app, MultipartLimits::new().text(u64::MAX))
    }),
    ("MultipartLimits::parts(0)", Works, |app| {
        upload(app, MultipartLimits::new().parts(0))
    }),
];

/// Echoes messages of a WebSocket.
fn socket(app: Group, change: fn(WebSocket) -> WebSocket) -> Group {
    let echo = move |ws: WebSocket| async move {
        change(ws).on_upgrade(async |mut socket| {
            while let Some(message) = socket.recv().await {
                socket.send(message).await?;
            }
            Ok(())
        })
    };
    app.get("/socket", echo)
}

fn upload(app: Group, limits: MultipartLimits) -> Group {
    app.state(limits).mount(routes![form])
}

/// Makes sessions, which are written.
fn seen(app: Group, sessions: Sessions) -> Group {
    let see = async |session: Session| -> gin::Result<&'static str> {
        session.insert("seen", true)?;
        Ok("seen")
    };
    app.with(sessions).get("/all", see)
}

/// Makes a session that is kept for `time`.
fn kept<const SECONDS: u64>(app: Group) -> Group {
    let keep = async |session: Session| -> gin::Result<&'static str> {
        session.insert("seen", true)?;
        session.keep_for(Duration::from_secs(SECONDS));
        Ok("kept")
    };
    app.with(Sessions::memory()).get("/all", keep)
}

const SESSIONS: [Case; 12] = [
    ("MultipartLimits::parts(MAX)", Works, |app| {
        upload(app, MultipartLimits::new().parts(usize::MAX))
    }),
    ("Sessions::idle(0)", Refused, |app| {
        seen(app, Sessions::memory().idle(NONE))
    }),
    ("Sessions::idle(999 ms)", Refused, |app| {
        seen(app, Sessions::memory().idle(Duration::from_millis(999)))
    }),
    ("Sessions::idle(1 s)", Works, |app| {
        seen(app, Sessions::memory().idle(Duration::from_secs(1)))
    }),
    ("Sessions::idle(MAX)", Works, |app| {
        seen(app, Sessions::memory().idle(LONGEST))
    }),
    ("Sessions::lifetime(0)", Refused, |app| {
        seen(app, Sessions::memory().lifetime(NONE))
    }),
    ("Sessions::lifetime(MAX)", Works, |app| {
        seen(app, Sessions::memory().idle(LONGEST).lifetime(LONGEST))
    }),
    ("Sessions::timeout(0)", Refused, |app| {
        seen(app, Sessions::memory().timeout(NONE))
    }),
    ("Sessions::timeout(MAX)", Works, |app| {
        seen(app, Sessions::memory().timeout(LONGEST))
    }),
    ("Session::keep_for(0)", Works, kept::<0>),
    ("Session::keep_for(1 s)", Works, kept::<1>),
    ("Session::keep_for(MAX)", Works, kept::<{ u64::MAX }>),
];

async fn check((name, outcome, change): &Case) {
    let app = || change(Group::new("")).get("/", async || "hello");
    if let Err(error) = Engine::new(app()) {
        let error = error.to_string();
        assert_eq!(*outcome, Refused, "{name}: {error}");
        assert!(error.contains(concat!(file!(), ":")), "{name}: {error}");
        return;
    }
    assert_eq!(*outcome, Works, "{name}");
    let client = Client::new(app());
    for path in ["/", "/all", "/files/ends.rs"] {
        let response = client.get(path).header("accept-encoding", "gzip").await;
        let status = response.status().as_u16();
        assert!(status < 500, "{name}: {path}: {status}");
    }
    if name.starts_with("WebSocket") {
        echoes(&client, name).await;
    }
    if name.starts_with("MultipartLimits") {
        let request = client.post("/form").multipart(|form| form.text("a", "1"));
        let status = request.await.status().as_u16();
        let expected = if name.ends_with("(0)") { 413 } else { 200 };
        assert_eq!(status, expected, "{name}");
    }
}

/// Checks that a message comes back, or that one which is too large closes the connection.
async fn echoes(client: &Client, name: &str) {
    let socket = client.websocket("/socket").await;
    let mut socket = socket.expect("the handshake succeeds");
    socket.send("hello").await;
    let message = socket.recv().await;
    let came_back = message.as_ref().and_then(Message::as_text) == Some("hello");
    let is_too_large = name.ends_with("_size(0)");
    assert_eq!(came_back, !is_too_large, "{name}");
}

#[tokio::test]
async fn settings_at_their_ends_work_or_are_refused() {
    for case in cases() {
        check(case).await;
    }
}

fn cases() -> impl Iterator<Item = &'static Case> {
    static ALL: [&[Case]; 4] = [&LIMITS, &HEADERS, &STREAMS, &SESSIONS];
    ALL.iter().copied().flatten()
}

/// The numbers and times that a setting can have.
const TYPES: [&str; 4] = [": Duration", ": usize", ": u64", ": u32"];

/// Returns the settings in the sources below `directory`: methods that take a number or a time and return their type.
fn settings(directory: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(directory).expect("the sources are there") {
        let path = entry.expect("the sources are there").path();
        if path.is_dir() {
            settings(&path, found);
            continue;
        }
        let source = fs::read_to_string(&path).expect("it is a source");
        let mut owner = "";
        let mut lines = source.lines();
        while let Some(line) = lines.next() {
            if let Some(name) = line.strip_prefix("impl ") {
                owner = name.split([' ', '<']).next().unwrap_or_default();
            }
            let Some(rest) = line.trim().strip_prefix("pub fn ") else {
                continue;
            };
            let mut signature = rest.to_owned();
            while !signature.contains('{') && !signature.ends_with(';') {
                signature += lines.next().unwrap_or("{").trim();
            }
            let returned = signature.split("-> ").nth(1).unwrap_or_default();
            let is_setting = returned.split([' ', '{']).next() == Some(owner);
            if is_setting && TYPES.iter().any(|kind| signature.contains(kind)) {
                let name = rest.split(['(', '<']).next().unwrap_or_default();
                found.insert(format!("{owner}::{name}"));
            }
        }
    }
}

#[test]
fn every_setting_is_tried_at_both_ends() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeSet::new();
    settings(&sources, &mut found);
    assert!(found.len() > 40, "{found:?}");
    let mut tried: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, ..) in cases() {
        let setting = name.split('(').next().unwrap_or_default();
        *tried.entry(setting).or_default() += 1;
    }
    // These need sockets, certificates and Redis.
    let elsewhere = [
        include_str!("limits/shared_rates.rs"),
        include_str!("server/settings.rs"),
        include_str!("tls/redirect.rs"),
        include_str!("tls/promise.rs"),
    ]
    .concat();
    let is_elsewhere = |setting: &str| {
        let (owner, method) = setting.split_once("::").unwrap_or_default();
        let call = match owner {
            "Server" => format!(".{method}("),
            _ => format!("{setting}("),
        };
        elsewhere.matches(&call).count() >= 2
    };
    let missing = found.iter().filter(|setting| {
        let count = tried.get(setting.as_str());
        count.is_none_or(|count| *count < 2) && !is_elsewhere(setting)
    });
    let missing: Vec<_> = missing.collect();
    assert!(missing.is_empty(), "never tried at both ends: {missing:?}");
}
