//! Settings of middleware at their ends: each works, or is refused at the start with its place.

use std::time::Duration;

use gin::middleware::{
    Compression, ConcurrencyLimit, Cors, RateLimit, SecurityHeaders, ServerTiming, Timeout,
};
use gin::prelude::*;
use gin::sessions::Sessions;
use gin::testing::Client;

/// The outcome of a setting.
#[derive(Debug, PartialEq)]
enum Outcome {
    Works,
    Refused,
}
use Outcome::{Refused, Works};

type Case = (&'static str, Outcome, fn(Group) -> Group);

const LONGEST: Duration = Duration::MAX;
const NONE: Duration = Duration::ZERO;

const LIMITS: [Case; 16] = [
    ("rate 0", Refused, |app| app.with(RateLimit::per_second(0))),
    ("rate in no time", Refused, |app| {
        app.with(RateLimit::new(1, NONE))
    }),
    ("rate in all time", Works, |app| {
        app.with(RateLimit::new(1, LONGEST))
    }),
    ("rate without end", Works, |app| {
        app.with(RateLimit::new(u32::MAX, Duration::from_nanos(1)))
    }),
    ("burst 0", Refused, |app| {
        app.with(RateLimit::per_second(1).burst(0))
    }),
    ("burst MAX", Works, |app| {
        app.with(RateLimit::new(1, LONGEST).burst(u32::MAX))
    }),
    ("timeout 0", Refused, |app| app.with(Timeout::new(NONE))),
    ("timeout MAX", Works, |app| app.with(Timeout::new(LONGEST))),
    ("concurrency 0", Refused, |app| {
        app.with(ConcurrencyLimit::new(0))
    }),
    ("concurrency MAX", Works, |app| {
        app.with(ConcurrencyLimit::new(usize::MAX).queue(usize::MAX))
    }),
    ("queue 0", Works, |app| {
        app.with(ConcurrencyLimit::new(1).queue(0))
    }),
    ("no wait", Works, |app| {
        app.with(
            ConcurrencyLimit::new(1)
                .longest_wait(NONE)
                .retry_after(NONE),
        )
    }),
    ("longest wait MAX", Works, |app| {
        app.with(
            ConcurrencyLimit::new(1)
                .longest_wait(LONGEST)
                .retry_after(LONGEST),
        )
    }),
    ("body limit 0", Works, |app| app.body_limit(0)),
    ("body limit MAX", Works, |app| app.body_limit(usize::MAX)),
    ("fields 0", Works, |app| app.max_fields(0)),
];

const HEADERS: [Case; 11] = [
    ("no origins", Works, |app| app.with(Cors::new([]))),
    ("a nonsense origin", Refused, |app| {
        app.with(Cors::new(["\u{0}"]))
    }),
    ("preflight 0", Works, |app| {
        app.with(Cors::any_origin().max_age(NONE))
    }),
    ("preflight MAX", Works, |app| {
        app.with(Cors::any_origin().max_age(LONGEST))
    }),
    ("hsts 0", Works, |app| {
        app.with(SecurityHeaders::new().hsts(NONE))
    }),
    ("hsts MAX", Works, |app| {
        app.with(SecurityHeaders::new().hsts(LONGEST))
    }),
    ("hsts with subdomains MAX", Works, |app| {
        app.with(SecurityHeaders::new().hsts_with_subdomains(LONGEST))
    }),
    ("compression from 0", Works, |app| {
        app.with(Compression::new().min_size(0))
    }),
    ("compression from MAX", Works, |app| {
        app.with(Compression::new().min_size(u64::MAX))
    }),
    ("timing", Works, |app| app.with(ServerTiming::new())),
    ("a time of MAX", Works, |app| {
        let record = async |cx: &mut Context| {
            cx.record_time("all", Duration::MAX);
            "hello"
        };
        app.with(ServerTiming::new()).get("/all", record)
    }),
];

/// Makes sessions, which are written.
fn seen(app: Group, sessions: Sessions) -> Group {
    let see = async |session: Session| -> gin::Result<&'static str> {
        session.insert("seen", true)?;
        Ok("seen")
    };
    app.with(sessions).get("/all", see)
}

const SESSIONS: [Case; 5] = [
    ("idle MAX", Works, |app| {
        seen(app, Sessions::memory().idle(LONGEST))
    }),
    ("lifetime MAX", Works, |app| {
        seen(app, Sessions::memory().lifetime(LONGEST))
    }),
    ("both MAX", Works, |app| {
        seen(app, Sessions::memory().idle(LONGEST).lifetime(LONGEST))
    }),
    ("session timeout MAX", Works, |app| {
        seen(app, Sessions::memory().timeout(LONGEST))
    }),
    ("a session that is kept for MAX", Works, |app| {
        let keep = async |session: Session| -> gin::Result<&'static str> {
            session.insert("seen", true)?;
            session.keep_for(Duration::MAX);
            Ok("kept")
        };
        app.with(Sessions::memory()).get("/all", keep)
    }),
];

async fn check((name, outcome, change): Case) {
    let app = || change(Group::new("")).get("/", async || "hello");
    if let Err(error) = Engine::new(app()) {
        let error = error.to_string();
        assert_eq!(outcome, Refused, "{name}: {error}");
        assert!(error.contains(concat!(file!(), ":")), "{name}: {error}");
        return;
    }
    assert_eq!(outcome, Works, "{name}");
    let client = Client::new(app());
    for path in ["/", "/all"] {
        let response = client.get(path).header("accept-encoding", "gzip").await;
        let status = response.status().as_u16();
        assert!(status < 500, "{name}: {path}: {status}");
    }
}

#[tokio::test]
async fn limits_at_their_ends_work_or_are_refused() {
    for case in LIMITS {
        check(case).await;
    }
}

#[tokio::test]
async fn headers_at_their_ends_work_or_are_refused() {
    for case in HEADERS {
        check(case).await;
    }
}

#[tokio::test]
async fn sessions_at_their_ends_work() {
    for case in SESSIONS {
        check(case).await;
    }
}
