//! TLS on the dev server's port: `--https`, `--cert-file` and `--key-file`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use gin_tests::{Browser, Dev, Pair, Sandbox, Secure};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// The source of an app that responds with the head of each request.
pub(crate) const MIRROR: &str = include_str!("../fixtures/site/mirror.rs");

fn mirror() -> Sandbox {
    Sandbox::new("plain").with("src/main.rs", MIRROR)
}

/// Starts the app with `--https`, and returns a client that trusts its authority alone.
async fn secure(project: Sandbox) -> (Dev, Secure) {
    let authority = project.authority();
    let app = project.dev().arg("--https").await;
    app.phase("ready").await;
    let client = Secure::new(app.address(), &authority);
    (app, client)
}

fn get(path: &str) -> http::request::Builder {
    http::Request::get(path)
}

/// Waits for a notice that contains `words`.
async fn notice(app: &Dev, words: &str) -> String {
    let fits = |event: &Value| {
        let text = event["text"].as_str().unwrap_or_default();
        event["event"] == "notice" && text.contains(words)
    };
    let notice = app.events.find(words, fits).await;
    notice["text"]
        .as_str()
        .expect("a notice has a text")
        .to_owned()
}

#[tokio::test]
async fn a_new_authority_serves_https_and_http_2_and_is_explained_once() {
    let (app, client) = secure(mirror()).await;
    let page = client.get("localhost", "/x").await.is(200);
    for line in [
        "x-forwarded-proto: https",
        "proto=https",
        "host: localhost:",
        "GET /x ",
    ] {
        page.shows(line);
    }
    page.has("set-cookie", "id=1; Secure; HttpOnly");
    let listening = app
        .events
        .find("an event", |event| event["event"] == "listening");
    let url = format!("https://localhost:{}", app.address().port());
    assert_eq!(listening.await["url"], url);
    let notice = notice(&app, "made a certificate authority").await;
    let authority = app.project().authority();
    assert!(notice.contains(&*authority.to_string_lossy()), "{notice}");
    let key = authority.with_file_name("ca-key.pem");
    let mode = fs::metadata(key).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn the_certificate_is_for_each_name_and_address_of_this_machine() {
    let (app, client) = secure(mirror()).await;
    for host in ["localhost", "blog.localhost", "a.b.localhost", "127.0.0.1"] {
        client.get(host, "/").await.is(200).shows(host);
    }
    // `::1` is on the certificate, whichever socket the client uses.
    client.handshake("::1", "h2").await.unwrap();
    let foreign = client.handshake("evil.test", "h2").await.unwrap_err();
    assert!(
        foreign.to_string().contains("not valid for name"),
        "{foreign}"
    );
    drop(app);
}

#[tokio::test]
async fn an_authority_is_kept_and_is_limited_to_names_that_nobody_owns() {
    let project = mirror();
    let first = project.start(&["dev", "--port=0", "--https", "--message-format=json"]);
    let listening = |event: &Value| event["event"] == "listening";
    first.events.find("the server", listening).await;
    first.stop(rustix::process::Signal::TERM).await;
    let authority = project.authority();
    let before = fs::read(&authority).unwrap();
    let app = project
        .dev()
        .arg("--https")
        .arg("--allowed-host=app.test,app.example.com,*.dev.test,*.example.org")
        .await;
    assert_eq!(fs::read(&authority).unwrap(), before);
    let warning = notice(&app, "browsers will warn").await;
    assert!(warning.contains("https://app.example.com and"), "{warning}");
    assert!(warning.contains("https://*.example.org:"), "{warning}");
    assert!(!warning.contains(".test"), "{warning}");
    app.phase("ready").await;
    let client = Secure::new(app.address(), &authority);
    client.get("app.test", "/").await.is(200).shows("app.test");
    client.handshake("app.example.com", "h2").await.unwrap_err();
}

#[tokio::test]
async fn plain_http_on_the_same_port_is_redirected_unless_the_host_is_foreign() {
    let (app, _client) = secure(mirror()).await;
    let port = app.address().port();
    for path in ["/a/b?c=d", "/__gin/status", "/"] {
        let response = app.get(path).header("host", &format!("localhost:{port}"));
        let response = response.await.is(308);
        response.has("location", &format!("https://localhost:{port}{path}"));
        response.has("cache-control", "no-store");
    }
    let posted = app.get("/form").post("a=1").await.is(308);
    posted.has("location", &format!("https://127.0.0.1:{port}/form"));
    let bare = app.get("/").header("host", "blog.localhost").await.is(308);
    bare.has("location", "https://blog.localhost:80/");
    let foreign = app.get("/").header("host", "evil.test").await.is(403);
    foreign.shows("--allowed-host");
}

#[tokio::test]
async fn a_trusted_proxy_that_has_tls_of_its_own_is_not_redirected() {
    let app = mirror().dev().arg("--https").arg("--behind-proxy").await;
    app.phase("ready").await;
    let plain = app.get("/").header("x-forwarded-proto", "https").await;
    plain.is(200).shows("x-forwarded-proto: https");
    app.get("/").await.is(308).has("cache-control", "no-store");
}

#[tokio::test]
async fn options_of_the_manifest_yield_to_those_of_the_command_line() {
    let project = mirror();
    let manifest = project.read("Cargo.toml");
    let options =
        "[package.metadata.gin]\nhttps = true\nbehind-proxy = [\"10.0.0.0/8\", \"loopback\"]\n";
    project.edit("Cargo.toml", &format!("{manifest}\n{options}"));
    Pair::of(&["localhost"]).write(&project.path("."));
    let certificate = project.path("cert.pem");
    let authority = project.authority();
    let start = project.dev().arg("--cert-file=cert.pem");
    let app = start.arg("--key-file=key.pem").await;
    app.phase("ready").await;
    assert!(!authority.exists(), "no authority is needed");
    let client = Secure::new(app.address(), &certificate);
    let url = format!("https://localhost:{}/", app.address().port());
    let request = http::Request::get(url).header("x-forwarded-for", "203.0.113.9");
    let page = client.send("localhost", request).await.is(200);
    page.shows("x-forwarded-for: 203.0.113.9");
}

#[tokio::test]
async fn events_actions_and_tunnels_work_over_https() {
    let (app, client) = secure(mirror()).await;
    let port = app.address().port();
    let mut events = client.stream("localhost", get("/__gin/events")).await;
    events.receives("event: phase").await;
    let url = |path: &str| format!("https://localhost:{port}{path}");
    let status = client.get("localhost", "/__gin/status").await.is(200);
    let token = status.headers["x-gin-token"].clone();
    for (origin, expected) in [
        (format!("https://localhost:{port}"), 202),
        (format!("http://localhost:{port}"), 403),
        (format!("https://127.0.0.1:{port}"), 403),
    ] {
        let request = http::Request::post(url("/__gin/rebuild"))
            .header("origin", &origin)
            .header("x-gin-token", &token)
            .header("content-type", "application/json");
        let response = client.send_with("localhost", request, "{}").await;
        assert_eq!(response.status, expected, "{origin}");
    }
    app.say("v2");
    events.receives("\"building\"").await;
    app.phase("ready").await;
    client.get("localhost", "/").await.is(200).shows("v2");

    let upgrade = get("/")
        .header("connection", "upgrade")
        .header("upgrade", "echo");
    let mut tunnel = client.upgrade("localhost", upgrade).await;
    tunnel.write_all(b"hello").await.unwrap();
    let mut echoed = [0; 5];
    tunnel.read_exact(&mut echoed).await.unwrap();
    assert_eq!(&echoed, b"hello");
}

#[tokio::test]
async fn a_certificate_in_files_is_used_and_reloaded() {
    let project = mirror();
    Pair::of(&["app.test", "localhost"]).write(&project.path("."));
    let app = project
        .dev()
        .arg("--cert-file=cert.pem")
        .arg("--key-file=key.pem")
        .await;
    app.phase("ready").await;
    let file = app.project().path("cert.pem");
    let first = Secure::new(app.address(), &file);
    // The names of the certificate need no `--allowed-host`.
    first.get("app.test", "/").await.is(200).shows("v1");

    let second = Pair::of(&["localhost"]);
    fs::write(&file, &second.certificate).unwrap();
    // Half of a pair is not taken.
    first.get("localhost", "/").await.is(200).shows("v1");
    fs::write(app.project().path("key.pem"), &second.key).unwrap();
    let client = Secure::new(app.address(), &file);
    client.get("localhost", "/").await.is(200).shows("v1");
    first.handshake("localhost", "h2").await.unwrap_err();
    notice(&app, "was reloaded").await;
}

/// Certbot and Kubernetes swap a link. A pair that cannot be used replaces none.
#[tokio::test]
async fn a_certificate_behind_a_link_is_reloaded_when_the_link_is_swapped() {
    let project = mirror();
    for directory in ["one", "two", "broken"] {
        fs::create_dir(project.path(directory)).unwrap();
        Pair::of(&["localhost"]).write(&project.path(directory));
    }
    fs::write(project.path("broken/cert.pem"), "no certificate").unwrap();
    project.link("one", "now");
    let app = project
        .dev()
        .arg("--cert-file=now/cert.pem")
        .arg("--key-file=now/key.pem")
        .await;
    app.phase("ready").await;
    let [one, two] = ["one", "two"].map(|directory| {
        let file = app.project().path(&format!("{directory}/cert.pem"));
        Secure::new(app.address(), &file)
    });
    one.get("localhost", "/").await.is(200).shows("v1");
    app.project().link("broken", "now");
    one.get("localhost", "/").await.is(200).shows("v1");
    app.project().link("two", "now");
    two.get("localhost", "/").await.is(200).shows("v1");
    one.handshake("localhost", "h2").await.unwrap_err();
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_refused_at_the_start() {
    let project = mirror();
    let other = Pair::of(&["localhost"]);
    Pair::of(&["localhost"]).write(&project.path("."));
    fs::write(project.path("other.pem"), &other.key).unwrap();
    fs::write(project.path("empty.pem"), "").unwrap();
    let encrypted =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END ENCRYPTED PRIVATE KEY-----\n";
    fs::write(project.path("encrypted.pem"), encrypted).unwrap();
    for (args, words) in [
        (
            &["--cert-file=cert.pem"][..],
            &["--cert-file needs", "--key-file"][..],
        ),
        (
            &["--key-file=key.pem"],
            &["--key-file needs", "--cert-file"],
        ),
        (
            &["--cert-file=no.pem", "--key-file=key.pem"],
            &["cannot read no.pem", "No such file"],
        ),
        (
            &["--cert-file=cert.pem", "--key-file=no.pem"],
            &["cannot read no.pem", "No such file"],
        ),
        (
            &["--cert-file=empty.pem", "--key-file=key.pem"],
            &["empty.pem has no certificate"],
        ),
        (
            &["--cert-file=key.pem", "--key-file=key.pem"],
            &["key.pem has no certificate"],
        ),
        (
            &["--cert-file=cert.pem", "--key-file=cert.pem"],
            &["cert.pem has no private key"],
        ),
        (
            &["--cert-file=cert.pem", "--key-file=encrypted.pem"],
            &["encrypted", "openssl pkey"],
        ),
        (
            &["--cert-file=cert.pem", "--key-file=other.pem"],
            &["other.pem is not that of the certificate in cert.pem"],
        ),
        (
            &["--https", "--cert-file=cert.pem", "--key-file=key.pem"],
            &["--https", "cannot be used with", "--cert-file"],
        ),
        (
            &["--behind-proxy=nginx"],
            &["expected `loopback`", "172.17.0.1"],
        ),
    ] {
        let args = ["dev", "--port=0"].iter().chain(args).copied();
        let exit = project.run(&args.collect::<Vec<_>>()).await;
        assert_ne!(exit.code, 0);
        for word in words {
            assert!(exit.stderr.contains(word), "{word}: {}", exit.stderr);
        }
    }
}

#[tokio::test]
async fn the_authority_of_mkcert_is_used_where_there_is_one() {
    let project = mirror();
    let start = ["dev", "--port=0", "--https"];
    let exit = project
        .start_with(&start, "CAROOT", "/no/such")
        .wait()
        .await;
    assert!(
        exit.stderr.contains("CAROOT names /no/such"),
        "{}",
        exit.stderr
    );
    let directory = project.data("mkcert");
    fs::create_dir_all(&directory).unwrap();
    let authority = Pair::authority();
    fs::write(directory.join("rootCA.pem"), &authority.certificate).unwrap();
    fs::write(directory.join("rootCA-key.pem"), &authority.key).unwrap();
    let app = project.dev().arg("--https").await;
    app.phase("ready").await;
    let client = Secure::new(app.address(), &directory.join("rootCA.pem"));
    client.get("localhost", "/").await.is(200).shows("v1");
    assert!(!app.project().authority().exists());
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_page_over_https_reloads_and_a_button_works() {
    let (app, _client) = secure(mirror()).await;
    let browser = Browser::start_trusting_all().await;
    let port = app.address().port();
    browser.visit(&format!("https://localhost:{port}/")).await;
    browser.shows("x-forwarded-proto: https").await;
    let protocol = "performance.getEntriesByType('navigation')[0].nextHopProtocol";
    assert_eq!(browser.evaluate(protocol).await, "h2");
    app.say("v2");
    browser.until("document.title === 'v2'").await;
    app.edit("src/main.rs", "fn main() { oops }");
    browser.shows("cannot find value").await;
    app.restore("src/main.rs");
    browser.until("document.title === 'v1'").await;
    app.replace(
        "src/main.rs",
        "fn main() {",
        "fn main() {\n    let x: String = \"a\";\n    drop(x);",
    );
    browser.shows("mismatched types").await;
    browser.click("button[data-fix]").await;
    browser.until("document.title === 'v1'").await;
    let mended = app.project().read("src/main.rs");
    assert!(mended.contains("= \"a\".to_string();"), "{mended}");
    assert_eq!(browser.evaluate("location.protocol").await, "https:");
    // A plain URL leads to the same page.
    browser
        .visit(&format!("http://localhost:{port}/plain"))
        .await;
    browser.shows("GET /plain").await;
    assert_eq!(browser.evaluate("location.protocol").await, "https:");
}

#[tokio::test]
#[cfg_attr(
    not(all(has_browser, has_certutil)),
    ignore = "needs chromium, chromedriver and certutil"
)]
async fn a_browser_that_has_imported_the_authority_trusts_it() {
    let (app, _client) = secure(mirror()).await;
    let port = app.address().port();
    let browser = Browser::start_trusting(&app.project().authority()).await;
    for host in ["localhost", "blog.localhost", "127.0.0.1"] {
        browser.visit(&format!("https://{host}:{port}/")).await;
        browser.shows(&format!("host: {host}:{port}")).await;
    }
}

#[tokio::test]
async fn a_client_that_does_not_trust_the_authority_is_explained_once() {
    let project = mirror();
    let first = project.start(&["dev", "--port=0", "--https", "--message-format=json"]);
    first
        .events
        .find("the server", |event| event["event"] == "listening")
        .await;
    first.stop(rustix::process::Signal::TERM).await;
    let app = project.dev().arg("--https").await;
    let stranger = Pair::of(&["localhost"]);
    stranger.write(&app.project().path("."));
    let client = Secure::new(app.address(), &app.project().path("cert.pem"));
    for _ in 0..3 {
        client.handshake("localhost", "h2").await.unwrap_err();
    }
    let words = "does not trust the certificate";
    notice(&app, words).await;
    let trusting = Secure::new(app.address(), &app.project().authority());
    trusting.get("localhost", "/").await.is(200).shows("v1");
    app.stop(rustix::process::Signal::TERM).await;
    let events = app.events.rest().await;
    let is_explained = |event: &&Value| event["text"].as_str().unwrap_or_default().contains(words);
    assert_eq!(events.iter().filter(is_explained).count(), 1);
}

/// An app in front of `openssl s_server`, which serves the files of a directory over TLS and closes every connection without.
const OPENSSL: &str = "use std::os::unix::process::CommandExt as _;
use std::process::Command;

fn main() {
    std::fs::write(\"version\", \"v1\").unwrap();
    let port = std::env::var(\"PORT\").unwrap();
    let server = [\"s_server\", \"-quiet\", \"-WWW\", \"-cert\", \"cert.pem\", \"-key\", \"key.pem\", \"-accept\"];
    panic!(\"{}\", Command::new(\"openssl\").args(server).arg(port).exec());
}
";

#[cfg_attr(not(has_openssl), ignore = "openssl is not installed")]
#[tokio::test]
async fn an_app_that_speaks_tls_is_served_on_both_kinds_of_front() {
    for options in [&[][..], &["--https"]] {
        let project = Sandbox::new("plain").with("src/main.rs", OPENSSL);
        Pair::of(&["app.test"]).write(&project.path("."));
        let authority = project.authority();
        let mut app = project.dev();
        for option in options {
            app = app.arg(option);
        }
        let app = app.await;
        app.phase("ready").await;
        for version in ["v1", "v2"] {
            app.replace("src/main.rs", "v1", version);
            for _ in 0..2 {
                if options.is_empty() {
                    app.get("/version").await.is(200).says(version);
                } else {
                    let secure = Secure::new(app.address(), &authority);
                    secure
                        .get("localhost", "/version")
                        .await
                        .is(200)
                        .says(version);
                }
            }
        }
    }
}
