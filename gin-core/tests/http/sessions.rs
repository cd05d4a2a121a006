//! Sessions: their ids and cookies, their stores, and requests at the same time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gin::cookies::{Key, SameSite};
use gin::prelude::*;
use gin::sessions::{Id, Record, SessionError, SessionStore, Sessions, async_trait, session_store};
use gin::testing::{Client, TestResponse};
use tokio::sync::Barrier;

use crate::wire::{Running, status};

/// A store that counts, shows and refuses operations.
#[derive(Debug, Clone, Default)]
struct Watched(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    records: Mutex<HashMap<Id, Record>>,
    is_down: AtomicBool,
    loads: AtomicUsize,
    writes: AtomicUsize,
}

impl Watched {
    fn check(&self, count: &AtomicUsize) -> session_store::Result<()> {
        count.fetch_add(1, Ordering::Relaxed);
        if self.0.is_down.load(Ordering::Relaxed) {
            return Err(session_store::Error::Backend("secret address".to_owned()));
        }
        Ok(())
    }

    fn goes(&self, is_down: bool) {
        self.0.is_down.store(is_down, Ordering::Relaxed);
    }

    /// Returns the loads and writes up to now.
    fn counts(&self) -> (usize, usize) {
        let count = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        (count(&self.0.loads), count(&self.0.writes))
    }

    fn records(&self) -> HashMap<Id, Record> {
        self.0.records.lock().expect("no test panics").clone()
    }
}

#[async_trait]
impl SessionStore for Watched {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        self.save(record).await
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.check(&self.0.writes)?;
        let mut records = self.0.records.lock().expect("no test panics");
        records.insert(record.id, record.clone());
        Ok(())
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        self.check(&self.0.loads)?;
        Ok(self.records().get(id).cloned())
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.check(&self.0.writes)?;
        self.0.records.lock().expect("no test panics").remove(id);
        Ok(())
    }
}

/// An app that sets, shows, renews and ends sessions.
fn app(sessions: Sessions) -> Group {
    let set = async |session: Session, Path((name, value)): Path<(String, String)>| {
        session.insert(&name, value).map_err(gin::Error::from)
    };
    let get = async |session: Session, Path(name): Path<String>| -> gin::Result<String> {
        Ok(session.get(&name)?.unwrap_or_default())
    };
    let renew = async |session: Session| session.renew();
    let end = async |session: Session| session.flush();
    let fail = async |session: Session| {
        session.insert("failed", "yes")?;
        Err::<(), _>(gin::Error::new(409, "taken"))
    };
    let panic = async |session: Session| -> gin::Result<()> {
        session.insert("panicked", "yes")?;
        panic!("after the change")
    };
    Group::new("")
        .with(sessions)
        .post("/set/:name/:value", set)
        .get("/get/:name", get)
        .post("/renew", renew)
        .post("/end", end)
        .post("/fail", fail)
        .get("/public", async || "public")
        .nest(
            Group::new("/inside")
                .with(Recovery::new())
                .post("/panic", panic),
        )
        .post("/panic", panic)
}

#[tokio::test]
async fn a_session_begins_with_its_first_value() {
    let store = Watched::default();
    let server = Running::new(app(Sessions::new(store.clone())).trust_proxies(["127.0.0.1"])).await;
    let response = server.get("/get/a").await;
    assert_eq!(status(&response), "200");
    assert!(!response.contains("set-cookie"), "{response}");
    assert!(response.contains("\r\nvary: cookie\r\n"), "{response}");
    assert_eq!(store.counts(), (0, 0));
    let post = async |fields: &str| {
        let request = format!(
            "POST /set/a/1 HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n{fields}connection: close\r\n\r\n"
        );
        server.exchange(request).await
    };
    let response = post("").await;
    let (_, cookie) = response
        .split_once("set-cookie: session=")
        .expect("it is set");
    let (token, attributes) = cookie.split_at(22);
    assert!(
        attributes.starts_with("; HttpOnly; SameSite=Lax; Path=/; Max-Age=86400\r\n"),
        "{attributes}"
    );
    let rule = "\r\ncache-control: no-cache=\"Set-Cookie\"\r\n";
    assert!(response.contains(rule), "{response}");
    let response = post("x-forwarded-proto: https\r\n").await;
    assert!(
        response.contains("set-cookie: __Host-session="),
        "{response}"
    );
    assert!(
        response.contains("SameSite=Lax; Secure; Path=/;"),
        "{response}"
    );
    // A copy of the store opens no session.
    assert!(store.records().keys().all(|id| id.to_string() != token));
}

#[tokio::test]
async fn a_session_is_loaded_and_written_only_where_it_must_be() {
    let store = Watched::default();
    let client = Client::new(app(Sessions::new(store.clone())));
    client.post("/set/a/1").await.is(200);
    assert_eq!(store.counts(), (0, 1));
    let response = client.get("/public").await.is(200);
    assert_eq!(response.header("vary"), None);
    assert_eq!(store.counts(), (0, 1), "no handler took it");
    client.get("/get/a").await.has_text("1");
    assert_eq!(store.counts(), (1, 1), "it was only read");
    client.post("/set/b/2").await.is(200);
    assert_eq!(store.counts(), (3, 2), "it is loaded again to be merged");
    client.post("/fail").await.is(409);
    client.get("/get/failed").await.has_text("yes");
}

#[tokio::test]
async fn an_unknown_id_is_never_adopted() {
    let client = Client::new(app(Sessions::memory()));
    for text in [
        "AAAAAAAAAAAAAAAAAAAAAA",
        "",
        "x",
        "é",
        "AAAAAAAAAAAAAAAAAAAAAAA",
    ] {
        let header = format!("session={text}");
        let request = client.post("/set/a/1").header("cookie", &header);
        let response = request.await.is(200);
        let cookie = response.header("set-cookie").expect("there is a new id");
        assert!(!cookie.starts_with(&format!("{header};")), "{cookie}");
        let request = client.get("/get/a").header("cookie", &header);
        request.await.is(200).has_text("");
    }
}

#[tokio::test]
async fn a_renewed_session_has_a_new_id_and_ends_the_old_one() {
    let client = Client::new(app(Sessions::memory()));
    client.post("/set/cart/7").await.is(200);
    let old = client.cookie("session").expect("it began");
    client.post("/renew").await.is(200);
    let new = client.cookie("session").expect("it goes on");
    assert_ne!(old, new);
    client.get("/get/cart").await.has_text("7");
    let thief = client.another();
    thief.set_cookie("session", &old);
    thief.get("/get/cart").await.has_text("");
    client.post("/end").await.is(200);
    assert_eq!(client.cookie("session"), None);
    thief.set_cookie("session", &new);
    thief.get("/get/cart").await.has_text("");
}

#[tokio::test(start_paused = true)]
async fn a_session_ends_without_use_and_after_its_lifetime() {
    const HOUR: Duration = Duration::from_secs(60 * 60);
    let sessions = Sessions::memory().idle(10 * HOUR).lifetime(24 * HOUR);
    let client = Client::new(app(sessions));
    client.post("/set/a/1").await.is(200);
    // The client forgets an expired cookie, so this one is the server's to refuse.
    let token = client.cookie("session").expect("it began");
    let stubborn = client.another();
    stubborn.set_cookie("session", &token);
    for hours in [9, 18] {
        tokio::time::advance(9 * HOUR).await;
        stubborn.get("/get/a").await.has_text("1");
        stubborn.set_cookie("session", &token);
        assert!(hours < 24);
    }
    tokio::time::advance(6 * HOUR).await;
    stubborn.get("/get/a").await.has_text("");

    client.post("/set/a/1").await.is(200);
    tokio::time::advance(10 * HOUR).await;
    assert_eq!(client.cookie("session"), None);
}

#[tokio::test(start_paused = true)]
async fn a_session_with_a_time_of_its_own_outlasts_the_others() {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let keep = async |session: Session| session.keep_for(90 * DAY);
    for sessions in [Sessions::memory(), Sessions::cookie(Key::generate())] {
        let group = Group::new("").with(sessions.idle(DAY).lifetime(2 * DAY));
        let client = Client::new(group.post("/keep", keep));
        client.post("/keep").await.is(200);
        tokio::time::advance(80 * DAY).await;
        assert!(client.cookie("session").is_some());
        client.post("/keep").await.is(200);
        tokio::time::advance(11 * DAY).await;
        assert_eq!(client.cookie("session"), None);
    }
}

#[tokio::test]
async fn flashes_are_shown_once_and_in_order() {
    let save = async |session: Session| {
        for count in 0..12 {
            session.flash("info", count.to_string());
        }
    };
    let show = async |session: Session| {
        let texts = session.flashes().into_iter().map(|flash| flash.text);
        texts.collect::<Vec<_>>().join(" ")
    };
    let group = Group::new("").with(Sessions::memory());
    let client = Client::new(group.post("/", save).get("/", show));
    client.post("/").await.is(200);
    client.get("/").await.has_text("0 1 2 3 4 5 6 7 8 9 10 11");
    client.get("/").await.has_text("");
}

#[tokio::test]
async fn requests_of_one_session_keep_each_others_changes() {
    const TABS: usize = 8;
    let barrier = Arc::new(Barrier::new(TABS));
    let add = async |session: Session,
                     Path(name): Path<String>,
                     State(barrier): State<Arc<Barrier>>|
           -> gin::Result<()> {
        session.insert(&name, &name)?;
        session.flash("info", &name);
        // All have loaded the session before one of them writes it.
        barrier.wait().await;
        Ok(())
    };
    let show = async |session: Session| session.flashes().len().to_string();
    let group = app(Sessions::memory())
        .post("/add/:name", add)
        .get("/flashes", show);
    let client = Client::new(group.state(barrier));
    client.post("/set/a/1").await.is(200);
    let tabs = (0..TABS).map(|tab| {
        let client = client.clone();
        tokio::spawn(async move { client.post(&format!("/add/tab{tab}")).await.status() })
    });
    for tab in tabs.collect::<Vec<_>>() {
        assert_eq!(tab.await.expect("it does not panic"), 200);
    }
    for tab in 0..TABS {
        let response = client.get(&format!("/get/tab{tab}")).await;
        response.has_text(&format!("tab{tab}"));
    }
    client.get("/get/a").await.has_text("1");
    client.get("/flashes").await.has_text("8");
}

/// Sends `slow` and, while its handler waits, `POST quick`. Returns the response to `slow`.
async fn during(
    client: &Client,
    slow: &'static str,
    quick: &str,
    barrier: &Barrier,
) -> TestResponse {
    let other = client.clone();
    let slow = tokio::spawn(async move { other.post(slow).await });
    barrier.wait().await;
    client.post(quick).await.is(200);
    barrier.wait().await;
    slow.await.expect("it does not panic")
}

#[tokio::test]
async fn a_session_that_another_request_ends_does_not_come_back() {
    let barrier = Arc::new(Barrier::new(2));
    let change = async |session: Session, State(barrier): State<Arc<Barrier>>| -> gin::Result<()> {
        barrier.wait().await;
        barrier.wait().await;
        session.insert("slow", "yes")?;
        Ok(())
    };
    let sign_in =
        async |session: Session, State(barrier): State<Arc<Barrier>>| -> gin::Result<()> {
            barrier.wait().await;
            barrier.wait().await;
            session.renew();
            session.insert("user", "Bob")?;
            Ok(())
        };
    let group = app(Sessions::memory())
        .post("/slow", change)
        .post("/sign-in", sign_in);
    let client = Client::new(group.state(barrier.clone()));

    client.post("/set/user/Ann").await.is(200);
    let token = client.cookie("session").expect("it began");
    let response = during(&client, "/slow", "/end", &barrier).await;
    let response = response.is(409).contains("the session ended");
    assert_eq!(response.header("set-cookie"), None);
    client.set_cookie("session", &token);
    client.get("/get/user").await.has_text("");

    // A sign-in at that moment gets a session with nothing of the old one.
    client.clear_cookies();
    client.post("/set/cart/7").await.is(200);
    during(&client, "/sign-in", "/end", &barrier).await.is(200);
    client.get("/get/user").await.has_text("Bob");
    client.get("/get/cart").await.has_text("");
}

#[tokio::test]
async fn a_store_that_is_down_is_a_503() {
    let store = Watched::default();
    let client = Client::new(app(Sessions::new(store.clone())));
    client.post("/set/a/1").await.is(200);
    store.goes(true);
    for response in [
        client.get("/get/a").await,
        client.post("/set/a/2").await,
        client.another().post("/set/a/2").await,
    ] {
        let response = response.is(503).has_text("503 Service Unavailable\n");
        assert_eq!(response.header("set-cookie"), None);
        let cause = response.problem().and_then(Problem::cause);
        let text = cause.expect("the log has it").error().to_string();
        assert_eq!(text, "the session store failed: secret address");
    }
    client.get("/public").await.is(200);
    store.goes(false);
    client.get("/get/a").await.is(200).has_text("1");
}

#[derive(Debug)]
struct Stuck;

#[async_trait]
impl SessionStore for Stuck {
    async fn save(&self, _: &Record) -> session_store::Result<()> {
        std::future::pending().await
    }

    async fn load(&self, _: &Id) -> session_store::Result<Option<Record>> {
        std::future::pending().await
    }

    async fn delete(&self, _: &Id) -> session_store::Result<()> {
        std::future::pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_does_not_respond_is_a_503() {
    let client = Client::new(app(Sessions::new(Stuck)));
    client.post("/set/a/1").await.is(503);
}

#[tokio::test]
async fn a_panic_changes_nothing() {
    let client = Client::new(app(Sessions::memory()));
    client.post("/set/a/1").await.is(200);
    client.post("/panic").await.is(500);
    client.post("/inside/panic").await.is(500);
    client.get("/get/panicked").await.has_text("");
    client.get("/get/a").await.has_text("1");
}

#[test]
fn a_session_without_the_middleware_is_found_at_the_start() {
    let line = line!() + 1;
    let app = Group::new("").get("/", async |session: Session| session.renew());
    let error = app.build().expect_err("it has no store").to_string();
    let expected = format!(
        "GET / (gin-core/tests/http/sessions.rs:{line}) needs Session, and no middleware around it provides one; \
         add `.with(Sessions::memory())`, or `Sessions` with another store, to the group"
    );
    assert!(error.contains(&expected), "{error}");
}

#[tokio::test]
async fn a_session_in_a_cookie_is_private_bounded_and_rotates_its_key() {
    let old = Key::generate();
    let client = Client::new(app(Sessions::cookie(old.clone())));
    client.post("/set/user/Ann").await.is(200);
    client.post("/set/cart/7").await.is(200);
    client.get("/get/user").await.has_text("Ann");
    let cookie = client.cookie("session").expect("it began");
    assert!(!cookie.contains("Ann"));

    let large = format!("/set/large/{}", "x".repeat(3000));
    let response = client.post(&large).await.is(500);
    let cause = response.problem().and_then(Problem::cause);
    let text = cause.expect("the log has it").error().to_string();
    assert!(text.contains("a cookie holds"), "{text}");
    client.get("/get/user").await.has_text("Ann");

    let other = if cookie.starts_with('B') { 'C' } else { 'B' };
    let changed = format!("{other}{}", &cookie[1..]);
    let request = client
        .get("/get/user")
        .header("cookie", &format!("session={changed}"));
    request.await.is(200).has_text("");

    let rotated = Client::new(app(Sessions::cookie(Key::generate().with_older(old))));
    rotated.set_cookie("session", &cookie);
    rotated.get("/get/user").await.has_text("Ann");
    rotated.post("/end").await.is(200);
    assert_eq!(rotated.cookie("session"), None);
}

#[tokio::test]
async fn a_session_of_the_largest_size_fits_into_its_cookie() {
    let fill = async |session: Session| {
        let fits = (2000..4000).rev().find(|length| {
            let value = "x".repeat(*length);
            session.insert("a", value).is_ok()
        });
        fits.unwrap_or_default().to_string()
    };
    let group = app(Sessions::cookie(Key::generate())).post("/fill", fill);
    let client = Client::new(group);
    let length: usize = client
        .post("/fill")
        .await
        .is(200)
        .text()
        .parse()
        .expect("a number");
    assert!(length > 2900, "{length}");
    let stored = client.get("/get/a").await.is(200);
    assert_eq!(stored.text().len(), length);
}

#[tokio::test(start_paused = true)]
async fn a_session_in_a_cookie_expires_on_the_server() {
    const HOUR: Duration = Duration::from_secs(60 * 60);
    let client = Client::new(app(Sessions::cookie(Key::generate()).idle(HOUR)));
    client.post("/set/user/Ann").await.is(200);
    let cookie = client.cookie("session").expect("it began");
    tokio::time::advance(HOUR + Duration::from_secs(1)).await;
    let request = client
        .get("/get/user")
        .header("cookie", &format!("session={cookie}"));
    request.await.has_text("");
}

#[tokio::test]
async fn options_change_the_cookie() {
    let sessions = Sessions::memory()
        .secure()
        .domain("example.org")
        .same_site(SameSite::Strict);
    let client = Client::new(app(sessions));
    let response = client.post("/set/a/1").await;
    let cookie = response.header("set-cookie").expect("it began");
    assert!(cookie.starts_with("__Secure-session="), "{cookie}");
    assert!(
        cookie.contains("; HttpOnly; SameSite=Strict; Secure; Path=/; Domain=example.org;"),
        "{cookie}"
    );
}

#[tokio::test]
async fn a_change_after_the_response_is_an_error() {
    type Kept = Arc<Mutex<Option<Session>>>;
    let keep = async |session: Session, State(kept): State<Kept>| {
        *kept.lock().expect("no test panics") = Some(session);
    };
    let kept = Kept::default();
    let group = Group::new("").with(Sessions::memory()).get("/", keep);
    Client::new(group.state(kept.clone()))
        .get("/")
        .await
        .is(200);
    let session = kept
        .lock()
        .expect("no test panics")
        .take()
        .expect("it was kept");
    assert!(matches!(session.insert("a", 1), Err(SessionError::Closed)));
    assert!(matches!(session.get::<u8>("a"), Err(SessionError::Closed)));
}
