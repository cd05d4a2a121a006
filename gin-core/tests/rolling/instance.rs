//! A server in a process of its own: this program, which runs the test `instance::serve`.

use std::env;
use std::process::Stdio;
use std::time::Duration;

use gin::middleware::RateLimit;
use gin::prelude::*;
use gin::sessions::Sessions;
use gin::{Engine, Server};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::LONG;
use crate::redis::{Redis, listens};

/// The time for the proxy to learn that a server ends. It probes ten times a second.
const DRAIN_DELAY: Duration = Duration::from_millis(500);

/// The requests to `/scarce` that all servers together accept in the time of the test.
pub(crate) const LIMIT: u32 = 40;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the other test runs it, in processes of its own"]
async fn serve() {
    let url = env::var("REDIS_URL").expect("the other test sets it");
    let sessions = Sessions::redis(&url).await.expect("Redis runs");
    let count = async |session: Session| -> gin::Result<String> {
        let count = session.get::<u64>("count")?.unwrap_or(0) + 1;
        session.insert("count", count)?;
        Ok(count.to_string())
    };
    let id = std::process::id();
    let home = move || async move { ([("x-instance", id.to_string())], "home") };
    let shop = Group::new("").with(sessions).post("/count", count);
    let limit = RateLimit::per_hour(LIMIT).refuse_when_down();
    let limit = limit.redis(&url).await.expect("Redis runs");
    let limit = limit.redis_timeout(LONG);
    let scarce = Group::new("")
        .with(limit)
        .get("/scarce", async || "one of few");
    let app = Group::new("").ready("/readyz").get("/", home);
    let app = app.nest(shop).nest(scarce);
    let server = Server::new(Engine::new(app).expect("it is sound"));
    let ended = server.drain_delay(DRAIN_DELAY).run().await;
    ended.expect("the port is free");
}

/// A server in a process of its own. It is killed when this is dropped.
pub(crate) struct Instance {
    pub(crate) port: u16,
    process: Child,
}

impl Instance {
    /// Starts a server and waits until it listens.
    pub(crate) async fn start(port: u16, redis: &Redis) -> Instance {
        let program = env::current_exe().expect("a test is a program");
        let process = Command::new(program)
            .args(["--exact", "instance::serve", "--ignored", "--nocapture"])
            .env_remove("LISTEN_FDS")
            .env("HOST", "127.0.0.1")
            .env("PORT", port.to_string())
            .env("REDIS_URL", redis.url())
            .env("RUST_LOG", "warn")
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the program is there");
        let instance = Instance { port, process };
        listens(port).await;
        instance
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id().expect("it was not waited for")
    }

    /// Ends the server as a service manager does, and waits until it has ended by itself.
    pub(crate) async fn end(&mut self) {
        let pid = i32::try_from(self.id()).expect("ids are small");
        kill(Pid::from_raw(pid), Signal::SIGTERM).expect("it runs");
        let status = timeout(LONG, self.process.wait()).await;
        let status = status.expect("it ends").expect("it is a child");
        assert!(status.success(), "{status}");
    }
}
