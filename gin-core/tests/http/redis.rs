//! Sessions in a real Redis: two servers share them, and they survive the end of Redis.

use std::time::Duration;

use gin::prelude::*;
use gin::sessions::Sessions;
use tokio::time::timeout;

use crate::redis_server::Redis;
use crate::wire::{LONG, Running, status};

async fn server(redis: &Redis) -> Running {
    let sessions = Sessions::redis(&redis.url()).await;
    // An operation ends when its connection is lost, not when its time is over.
    let sessions = sessions.expect("it connects").timeout(LONGEST);
    let count = async |session: Session| -> gin::Result<String> {
        let count = session.get::<u32>("count")?.unwrap_or(0) + 1;
        session.insert("count", count)?;
        session.insert("text", "é \"quoted\"")?;
        Ok(format!(
            "count {count} {:?}",
            session.get::<String>("text")?
        ))
    };
    let end = async |session: Session| session.flush();
    let group = Group::new("")
        .with(sessions)
        .get("/", count)
        .get("/end", end);
    Running::new(group.get("/public", async || "public")).await
}

/// Sends a `GET` with the cookies, which the response then changes.
async fn get(server: &Running, path: &str, cookie: &mut String) -> String {
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: a\r\ncookie: {cookie}\r\nconnection: close\r\n\r\n");
    let response = server.exchange(request).await;
    if let Some((_, set)) = response.split_once("set-cookie: ") {
        let pair = set.split(';').next().unwrap_or_default();
        pair.clone_into(cookie);
    }
    response
}

#[tokio::test]
async fn servers_share_sessions_in_redis_which_may_fail_and_come_back() {
    let Some(mut redis) = Redis::start().await else {
        eprintln!("skipped: redis-server is not installed");
        return;
    };
    let (first, second) = (server(&redis).await, server(&redis).await);
    let mut cookie = String::new();
    let response = get(&first, "/", &mut cookie).await;
    assert!(response.contains("count 1 "), "{response}");
    let response = get(&second, "/", &mut cookie).await;
    assert!(
        response.ends_with("count 2 Some(\"é \\\"quoted\\\"\")"),
        "{response}"
    );

    redis.kill();
    let response = timeout(LONG, get(&first, "/", &mut cookie)).await;
    let response = response.expect("the connection is lost");
    assert_eq!(status(&response), "503", "{response}");
    assert!(!response.to_lowercase().contains("redis"), "{response}");
    let response = get(&first, "/public", &mut cookie).await;
    assert_eq!(status(&response), "200", "{response}");

    redis.restart().await;
    for server in [&first, &second] {
        let again = async {
            loop {
                let response = get(server, "/", &mut cookie).await;
                if status(&response) == "200" {
                    break response;
                }
                assert_eq!(status(&response), "503", "{response}");
            }
        };
        let response = timeout(LONG, again).await.expect("it connects again");
        let count = if std::ptr::eq(server, &raw const first) {
            "count 3 "
        } else {
            "count 4 "
        };
        assert!(response.contains(count), "{response}");
    }

    let mut old = cookie.clone();
    get(&second, "/end", &mut cookie).await;
    let response = get(&first, "/", &mut old).await;
    assert!(response.contains("count 1 "), "{response}");
}

type Change = fn(Sessions) -> Sessions;

const LONGEST: Duration = Duration::MAX;

/// Settings at their ends, and the number that the second of two requests counts. It is 0 where the machine's speed decides.
const ENDS: [(&str, Change, u32); 6] = [
    (
        "idle(1 s)",
        |sessions| sessions.idle(Duration::from_secs(1)),
        0,
    ),
    ("idle(MAX)", |sessions| sessions.idle(LONGEST), 2),
    ("lifetime(MAX)", |sessions| sessions.lifetime(LONGEST), 2),
    (
        "both MAX",
        |sessions| sessions.idle(LONGEST).lifetime(LONGEST),
        2,
    ),
    ("timeout(MAX)", |sessions| sessions.timeout(LONGEST), 2),
    (
        "timeout(20 s)",
        |sessions| sessions.timeout(Duration::from_secs(20)),
        2,
    ),
];

/// Times that a session sets for itself, in seconds, and the number that the second of two requests counts.
const KEPT: [(u64, u32); 3] = [(0, 1), (3_600, 2), (u64::MAX, 2)];

#[tokio::test]
async fn settings_of_sessions_in_redis_work_at_their_ends() {
    let Some(redis) = Redis::start().await else {
        eprintln!("skipped: redis-server is not installed");
        return;
    };
    for (name, change, expected) in ENDS {
        let sessions = Sessions::redis(&redis.url()).await.expect("it connects");
        assert_count(change(sessions), None, expected, name).await;
    }
    for (seconds, expected) in KEPT {
        let sessions = Sessions::redis(&redis.url()).await.expect("it connects");
        let name = format!("keep_for({seconds} s)");
        assert_count(sessions, Some(seconds), expected, &name).await;
    }
}

/// Counts two requests in a session that is kept for so many seconds.
async fn assert_count(sessions: Sessions, kept: Option<u64>, expected: u32, name: &str) {
    let count = async |session: Session, State(kept): State<Option<u64>>| -> gin::Result<String> {
        let count = session.get::<u32>("count")?.unwrap_or(0) + 1;
        session.insert("count", count)?;
        if let Some(seconds) = kept {
            session.keep_for(Duration::from_secs(seconds));
        }
        Ok(format!("count {count}"))
    };
    let app = Group::new("").state(kept).with(sessions).get("/", count);
    let server = Running::new(app).await;
    let mut cookie = String::new();
    let first = get(&server, "/", &mut cookie).await;
    assert!(first.ends_with("count 1"), "{name}: {first}");
    let second = get(&server, "/", &mut cookie).await;
    assert_eq!(status(&second), "200", "{name}: {second}");
    let count = format!("count {expected}");
    assert!(
        expected == 0 || second.ends_with(&count),
        "{name}: {second}"
    );
}

#[tokio::test]
async fn a_redis_that_does_not_respond_is_found_at_the_start() {
    let error = Sessions::redis("redis://:secret@127.0.0.1:1").await;
    let error = error.expect_err("nothing listens there").to_string();
    let expected = "cannot connect to Redis at 127.0.0.1:1: ";
    assert!(error.starts_with(expected), "{error}");
    assert!(!error.contains("secret"), "{error}");
    let error = Sessions::redis("http://[").await;
    let error = error.expect_err("it is no URL of Redis").to_string();
    assert!(error.contains("the URL that was given"), "{error}");
}
