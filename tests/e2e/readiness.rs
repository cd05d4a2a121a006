//! An app is ready once it accepts connections, or reports that it does.

use gin_tests::{Dev, Gate, Sandbox};
use serde_json::Value;

/// Waits at the gate with an open port.
const BOUND: &str = "use std::net::TcpListener;

fn main() {
    let port = std::env::var(\"PORT\").unwrap();
    let listener = TcpListener::bind(format!(\"127.0.0.1:{port}\")).unwrap();
    http::wait_at_gate();
    http::serve_with(&listener, \"v1\")
}
";

/// Reports that it is ready, and never accepts a connection before the gate opens.
const NOTIFYING: &str = "use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};

fn main() {
    let port = std::env::var(\"PORT\").unwrap();
    let listener = TcpListener::bind(format!(\"127.0.0.1:{port}\")).unwrap();
    let name = std::env::var(\"NOTIFY_SOCKET\").unwrap();
    let address = SocketAddr::from_abstract_name(&name[1..]).unwrap();
    let socket = UnixDatagram::unbound().unwrap();
    socket.send_to_addr(b\"STATUS=warm\\nREADY=1\", &address).unwrap();
    http::wait_at_gate();
    http::serve_with(&listener, \"v1\")
}
";

/// Waits until the phase of an app shows that its port is open, and that it accepts no connection.
async fn is_open_but_unready(app: &Dev) {
    let open = app.events.find("the app's open port", |event| {
        event["phase"] == "starting" && event["start"]["open"] == true
    });
    open.await;
}

#[tokio::test]
async fn an_app_that_opens_its_port_and_then_waits_is_not_ready() {
    let gate = Gate::new().await;
    let project = Sandbox::with_main(BOUND);
    let app = project.dev().env("GATE", gate.address()).await;
    let waiting = gate.arrival().await;
    is_open_but_unready(&app).await;
    assert_eq!(app.status().await["phase"], "starting");
    let page = app.get("/").as_navigation().await.is(503);
    page.shows("Starting app").shows("it accepts no connection");
    waiting.pass().await;
    app.get("/").await.is(200).says("v1");
}

#[tokio::test]
async fn a_request_is_held_only_so_long_for_an_app_that_accepts_none() {
    let gate = Gate::new().await;
    let project = Sandbox::with_main(BOUND);
    let start = project.dev().env("GATE", gate.address());
    let app = start.arg("--hold=100ms").await;
    let _waiting = gate.arrival().await;
    is_open_but_unready(&app).await;
    let page = app.get("/").await.is(503);
    page.has("x-gin-phase", "starting")
        .shows("it accepts no connection");
}

#[tokio::test]
async fn an_app_that_is_given_its_socket_and_then_waits_is_not_ready() {
    let gate = Gate::new().await;
    let project = Sandbox::new("listenfd");
    project.replace(
        "src/main.rs",
        "    let listener = socket()?;",
        "    let listener = socket()?;
    println!(\"no database yet\");
    if let Ok(gate) = env::var(\"GATE\") {
        std::io::Read::read_exact(&mut std::net::TcpStream::connect(gate)?, &mut [0])?;
    }",
    );
    let app = project.dev().env("GATE", gate.address()).await;
    let waiting = gate.arrival().await;
    is_open_but_unready(&app).await;
    let page = app.get("/").as_navigation().await.is(503);
    page.shows("it accepts no connection")
        .shows("no database yet");
    assert_eq!(app.status().await["phase"], "starting");
    waiting.pass().await;
    app.get("/").await.is(200).says("v1");
}

#[tokio::test]
async fn an_app_that_reports_itself_ready_is() {
    let gate = Gate::new().await;
    let project = Sandbox::with_main(NOTIFYING);
    let app = project.dev().env("GATE", gate.address()).await;
    let waiting = gate.arrival().await;
    app.phase("ready").await;
    waiting.pass().await;
    app.get("/").await.is(200).says("v1");
}

#[tokio::test]
async fn an_app_on_gin_core_reports_itself_ready_and_logs_no_probe() {
    let app = Sandbox::new("hello").dev().await;
    app.get("/").await.is(200).shows("hello");
    let text = |event: &Value| event["text"].as_str().unwrap_or_default().to_owned();
    let listens = |event: &Value| text(event).contains("listening on");
    app.events.find("the app's first line", listens).await;
    let output: String = app.events.all().iter().map(text).collect();
    assert!(
        !output.contains("WARN") && !output.contains("ERROR"),
        "{output}"
    );
}

#[tokio::test]
async fn the_notify_socket_of_our_own_service_manager_is_not_the_app_s() {
    let project = Sandbox::with_main("fn main() { http::serve(\"v1\") }");
    let app = project.dev().env("NOTIFY_SOCKET", "/run/ours").await;
    let socket = app.get("/env/NOTIFY_SOCKET").await.is(200).text();
    assert!(socket.starts_with('@'), "{socket}");
}

#[tokio::test]
async fn an_app_that_accepts_in_another_process_is_ready() {
    let main = "use std::os::fd::AsFd as _;
use std::process::{Command, Stdio};

fn main() {
    if std::env::args().len() > 1 {
        let listener = std::io::stdin().as_fd().try_clone_to_owned().unwrap();
        http::serve_with(&listener.into(), \"v1\")
    }
    let port = std::env::var(\"PORT\").unwrap();
    let listener = std::net::TcpListener::bind(format!(\"127.0.0.1:{port}\")).unwrap();
    let mut worker = Command::new(std::env::current_exe().unwrap());
    let worker = worker.arg(\"worker\").stdin(Stdio::from(std::os::fd::OwnedFd::from(listener)));
    worker.spawn().unwrap().wait().unwrap();
}
";
    let app = Sandbox::with_main(main).dev().await;
    app.get("/").await.is(200).says("v1");
}
