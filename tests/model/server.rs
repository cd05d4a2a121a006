//! The dev server of a run.

use std::time::Duration;

use gin_tests::{Client, Program, Response, Sandbox};
use rustix::process::Signal;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// A running dev server.
#[derive(Debug)]
pub(crate) struct Server {
    program: Program,
    client: Client,
}

/// The builder of the dev server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Builder {
    Cargo,
    /// `--fast`
    Fast,
}

/// The response to a request for the app.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The app's text.
    App(String),
    /// A page with this status code.
    Page(u16),
    /// No response in time.
    Nothing,
}

impl Server {
    /// Starts it, and waits for its first response.
    pub(crate) async fn start(sandbox: &Sandbox, builder: Builder) -> Server {
        let mut args = vec!["dev", "--port=0", "--message-format=json", "--hold=60s"];
        if builder == Builder::Fast {
            args.push("--fast");
        }
        let program = sandbox.start(&args);
        let is_listening = |event: &serde_json::Value| event["event"] == "listening";
        let listening = program
            .events
            .find("the dev server to listen", is_listening);
        let listening = listening.await;
        let url = listening["url"].as_str().expect("the event has a URL");
        let address = url.strip_prefix("http://").map(str::parse);
        let address = address.expect("it speaks HTTP").expect("it is an address");
        let client = Client::new(address);
        let server = Server { program, client };
        server.request().await;
        server
    }

    /// Stops it, by force if it does not respond.
    pub(crate) async fn stop(self) {
        self.program.signal(Signal::KILL);
        self.program.wait().await;
    }

    /// Requests the app, which takes until it is ready or cannot be.
    pub(crate) async fn request(&self) -> Outcome {
        outcome(self.client).await
    }

    /// Sends a request for the app, and does not wait for the response.
    pub(crate) fn request_in_background(&self) -> JoinHandle<Outcome> {
        tokio::spawn(outcome(self.client))
    }

    /// Waits for this number of round trips, in which a build goes on.
    pub(crate) async fn pass_time(&self, round_trips: usize) {
        for _ in 0..round_trips {
            let _ = self.client.get("/__gin/status").outcome().await;
        }
    }
}

async fn outcome(client: Client) -> Outcome {
    // Longer than the dev server may hold it.
    let limit = Duration::from_secs(90);
    let response = timeout(limit, client.get("/").accept("*/*").outcome()).await;
    match response {
        Ok(Ok(response)) if response.status == 200 => Outcome::App(response.text()),
        Ok(Ok(Response { status, .. })) => Outcome::Page(status),
        Ok(Err(_)) | Err(_) => Outcome::Nothing,
    }
}
