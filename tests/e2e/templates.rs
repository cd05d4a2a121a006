//! The templates with heavy dependencies, as projects that `cargo gin new` has created.

use std::process::{Child, Command, Stdio};

use gin_tests::{
    Browser, Client, Dev, Postgres, Program, Request, Response, Sandbox, free_port, within,
};
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::net::TcpStream;

/// Redis or nginx, which ends with its test.
struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a program and waits until it listens. Returns `None` if it is not installed.
async fn service(program: &str, args: &[&str], port: u16) -> Option<Service> {
    let mut command = Command::new(program);
    command
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let Ok(process) = command.spawn() else {
        eprintln!("skipped: {program} is not installed");
        return None;
    };
    listens(port).await;
    Some(Service(process))
}

async fn listens(port: u16) {
    within("a port to open", async {
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

async fn redis() -> Option<(Service, u16)> {
    let port = free_port();
    let number = port.to_string();
    let args = ["--port", &number, "--bind", "127.0.0.1", "--save", ""];
    Some((service("redis-server", &args, port).await?, port))
}

async fn nginx(project: &Sandbox, instances: [u16; 2]) -> Option<(Service, u16)> {
    let port = free_port();
    let [one, other] = instances;
    let upstream = format!("server 127.0.0.1:{one};\n    server 127.0.0.1:{other};");
    // The configuration that the template deploys, with the addresses of this test.
    let server = project
        .read("deploy/nginx.conf")
        .replace("server app:8080;", &upstream)
        .replace("listen 80;", &format!("listen 127.0.0.1:{port};"));
    let directory = project.path("nginx");
    let base = directory.display();
    // One process, which ends when it is killed: workers would outlive their master.
    let main = format!(
        "daemon off;\nmaster_process off;\npid {base}/pid;\nerror_log {base}/log;\nevents {{}}\nhttp {{\naccess_log off;\nclient_body_temp_path {base}/body;\n\
         proxy_temp_path {base}/proxy;\nfastcgi_temp_path {base}/a;\nuwsgi_temp_path {base}/b;\nscgi_temp_path {base}/c;\n{server}\n}}\n"
    );
    project.edit("nginx/nginx.conf", &main);
    let path = project.path("nginx/nginx.conf");
    let path = path.to_str().expect("it is UTF-8");
    let args = ["-e", "stderr", "-c", path];
    Some((service("nginx", &args, port).await?, port))
}

fn client(port: u16) -> Client {
    Client::new(([127, 0, 0, 1], port).into())
}

/// Fails unless all of a project's tests pass without a warning, with a Redis of their own if one is installed.
async fn passes_its_tests(project: &Sandbox) {
    let redis = redis().await;
    let url = redis.as_ref().map_or(String::new(), |(_, port)| {
        format!("redis://127.0.0.1:{port}")
    });
    let name = if url.is_empty() {
        "NO_REDIS"
    } else {
        "REDIS_URL"
    };
    let exit = project.cargo_with(&["test"], name, &url).await;
    assert_eq!(exit.code, 0, "{}{}", exit.stdout, exit.stderr);
    assert!(!exit.stderr.contains("warning"), "{}", exit.stderr);
}

#[tokio::test]
async fn the_api_passes_its_tests_and_survives_the_end_of_an_instance() {
    let project = Sandbox::of_template("api");
    passes_its_tests(&project).await;
    let Some((_redis, redis)) = redis().await else {
        return;
    };
    let ports = [free_port(), free_port()];
    let redis_url = format!("redis://127.0.0.1:{redis}");
    let variables = [
        ("DATABASE_URL", "sqlite://shared.db?mode=rwc"),
        ("REDIS_URL", redis_url.as_str()),
        ("TRUSTED_PROXIES", "127.0.0.1"),
    ];
    let [one, other] = ports.map(|port| instance(&project, port, &variables));
    for port in ports {
        listens(port).await;
    }
    let Some((_nginx, proxy)) = nginx(&project, ports).await else {
        return;
    };
    for number in 0..10 {
        let _ = create(proxy, number).await.is(201);
    }
    assert_eq!(tasks(proxy).await, 10);
    // Both took some of them, and each sees all.
    for port in ports {
        assert_eq!(tasks(port).await, 10);
        let metrics = client(port).get("/metrics").await.is(200);
        metrics.shows("method=\"POST\",route=\"/api/tasks\",status=\"201\"");
    }
    let _ = client(proxy).get("/metrics").await.is(404);

    // The limits are in Redis.
    let mut info = TcpStream::connect(("127.0.0.1", redis))
        .await
        .expect("Redis listens");
    assert!(stats(&mut info).await.contains("cmdstat_eval"));

    one.signal(Signal::TERM);
    for number in 10..20 {
        let _ = create(proxy, number).await.is(201);
    }
    assert_eq!(one.wait().await.code, 0);
    assert_eq!(tasks(proxy).await, 20);
    assert_eq!(other.stop(Signal::TERM).await.code, 0);
}

#[tokio::test]
async fn two_instances_of_the_api_start_together_on_postgresql() {
    let Some(postgres) = Postgres::start().await else {
        return;
    };
    let project = Sandbox::of_template("api");
    let url = postgres.url();
    let ports = [free_port(), free_port()];
    let instances = ports.map(|port| instance(&project, port, &[("DATABASE_URL", &url)]));
    for port in ports {
        listens(port).await;
    }
    let [one, other] = ports;
    for number in 0..3 {
        let _ = create(one, number).await.is(201);
    }
    create(other, 2).await.is(409).shows("another task");

    let first: Value = read(other, "/api/tasks?limit=2").await.is(200).json();
    assert_eq!(first["items"][1]["title"], "task 1");
    let after = first["next"].as_str().expect("there is a next page");
    let next = format!("/api/tasks?limit=2&after={after}");
    let next: Value = read(other, &next).await.is(200).json();
    assert_eq!(next["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(next["next"], Value::Null);

    let task = format!("/api/tasks/{after}");
    let change = json!({ "title": "changed", "status": "done" }).to_string();
    let changed: Value = write(one, &task, "PUT", change).await.is(200).json();
    assert_eq!(changed["status"], "done");
    let seen: Value = read(other, &task).await.is(200).json();
    assert_eq!(seen, changed);
    let _ = write(other, &task, "DELETE", String::new()).await.is(204);
    let _ = read(one, &task).await.is(404);
    for instance in instances {
        assert_eq!(instance.stop(Signal::TERM).await.code, 0);
    }
    postgres.stop().await;
}

fn instance(project: &Sandbox, port: u16, variables: &[(&str, &str)]) -> Program {
    let port = port.to_string();
    let always = [("PORT", port.as_str()), ("API_TOKENS", "ann:7f3a")];
    project.start_app(&[&always, variables].concat())
}

fn read(port: u16, path: &str) -> Request {
    client(port).get(path)
}

async fn create(port: u16, number: u32) -> Response {
    let body = json!({ "title": format!("task {number}") }).to_string();
    write(port, "/api/tasks", "POST", body).await
}

async fn write(port: u16, path: &str, method: &str, body: String) -> Response {
    let request = client(port).get(path).post(body).method(method);
    request
        .header("content-type", "application/json")
        .header("authorization", "Bearer 7f3a")
        .await
}

async fn tasks(port: u16) -> usize {
    let page: Value = client(port)
        .get("/api/tasks?limit=100")
        .await
        .is(200)
        .json();
    page["items"].as_array().expect("it is a list").len()
}

async fn stats(redis: &mut TcpStream) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    redis
        .write_all(b"INFO commandstats\r\nQUIT\r\n")
        .await
        .expect("Redis reads");
    let mut text = String::new();
    redis
        .read_to_string(&mut text)
        .await
        .expect("Redis writes text");
    text
}

#[tokio::test]
async fn the_chat_passes_its_tests_and_runs() {
    let project = Sandbox::of_template("realtime");
    passes_its_tests(&project).await;
    let app = project.dev().await;
    app.page("/").await.is(200).shows("Chat");
    let mut events = app.get("/events").stream().await;
    let message = json!({ "name": "Ann", "text": "hello" }).to_string();
    let said = app.get("/messages").post(message);
    let said = said.header("content-type", "application/json");
    let _ = said.await.is(202);
    events.receives("\"hello\"").await;
}

#[tokio::test]
async fn the_site_passes_its_tests() {
    passes_its_tests(&Sandbox::of_template("web")).await;
}

#[tokio::test]
#[cfg_attr(
    not(all(has_browser, has_axe)),
    ignore = "needs chromium, chromedriver and axe-core"
)]
async fn the_site_takes_posts_and_styles_in_a_browser() {
    let app = Sandbox::of_template("web").dev().await;
    let browser = Browser::start().await;
    visit(&browser, &app, "/").await;
    is_accessible(&browser, "/").await;
    visit(&browser, &app, "/sign-up").await;
    browser.fill("#name", "Ann").await;
    browser.fill("#password", "short").await;
    browser.click("main button").await;
    browser.shows("must have 8 to 200 characters").await;
    is_accessible(&browser, "a form with a mistake").await;
    browser.fill("#password", "correct-horse").await;
    browser.click("main button").await;
    browser.shows("Welcome, Ann!").await;
    browser.fill("#text", "hello from a test").await;
    browser.click("main form button").await;
    browser.shows("Published.").await;
    browser.shows("hello from a test").await;
    is_accessible(&browser, "a post").await;

    // htmx replaces the list alone.
    browser.evaluate("window.mark = 1").await;
    browser.click("article button").await;
    browser.shows("There is no post yet.").await;
    assert_eq!(browser.evaluate("window.mark").await, 1);
    app.replace(
        "static/app.css",
        "margin: 1rem 0 1.25rem",
        "margin: 77px 0 0",
    );
    browser
        .until("getComputedStyle(document.querySelector('h1')).marginTop === '77px'")
        .await;
    assert_eq!(browser.evaluate("window.mark").await, 1);
    // Chromium reports the form with a mistake there.
    let mut console = browser.console().await;
    console.retain(|line| !line.contains("status of 422"));
    assert!(console.is_empty(), "{console:?}");
}

async fn visit(browser: &Browser, app: &Dev, page: &str) {
    browser
        .visit(&format!("http://{}{page}", app.address()))
        .await;
}

/// Fails if axe-core finds a violation, or if the page is too wide.
async fn is_accessible(browser: &Browser, what: &str) {
    for (scheme, width) in [
        ("light", 1280),
        ("dark", 1280),
        ("light", 390),
        ("dark", 390),
    ] {
        browser
            .set_media_feature("prefers-color-scheme", scheme)
            .await;
        browser.set_width(width).await;
        let found = browser.violations().await;
        assert!(found.is_empty(), "{what}: {scheme}, {width} px: {found:#?}");
        let wider = "document.documentElement.scrollWidth > innerWidth";
        assert_eq!(browser.evaluate(wider).await, false, "{what}: {width} px");
    }
}
