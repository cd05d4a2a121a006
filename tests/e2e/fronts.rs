//! The dev server behind a real proxy that terminates TLS.

use std::fs;
use std::process::{Child, Command};

use gin_tests::{Browser, Dev, Pair, Sandbox, Secure, free_port, within};
use serde_json::Value;

use crate::https::MIRROR;

/// An nginx with the settings that its documentation shows. Dropping it stops it.
struct Nginx {
    child: Child,
    port: u16,
    client: Secure,
}

impl Nginx {
    /// Starts one in front of the app, for the names `app.test` and `localhost`.
    async fn before(app: &Dev) -> Nginx {
        let port = free_port();
        let directory = app.project().data("nginx");
        fs::create_dir_all(&directory).expect("the directory can be created");
        Pair::of(&["app.test", "localhost"]).write(&directory);
        let upstream = app.address();
        let settings = format!(
            "daemon off; master_process off; pid nginx.pid; error_log stderr; events {{}}
             http {{ access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
               map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
               server {{ listen 127.0.0.1:{port} ssl http2; ssl_certificate cert.pem; ssl_certificate_key key.pem;
                 location / {{ proxy_pass http://{upstream}; proxy_http_version 1.1; proxy_buffering off;
                   proxy_set_header Host $http_host; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;
                   proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme; }} }} }}"
        );
        fs::write(directory.join("nginx.conf"), settings).expect("the file can be written");
        let mut nginx = Command::new("nginx");
        nginx
            .arg("-p")
            .arg(&directory)
            .args(["-c", "nginx.conf", "-e", "stderr"]);
        let child = nginx.spawn().expect("nginx starts");
        let address = ([127, 0, 0, 1], port).into();
        let client = Secure::new(address, &directory.join("cert.pem"));
        within("nginx to listen", async {
            while tokio::net::TcpStream::connect(address).await.is_err() {
                tokio::task::yield_now().await;
            }
        })
        .await;
        Nginx {
            child,
            port,
            client,
        }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn mirror() -> Sandbox {
    Sandbox::new("plain").with("src/main.rs", MIRROR)
}

#[tokio::test]
#[cfg_attr(not(has_nginx), ignore = "needs nginx")]
async fn an_app_behind_nginx_learns_scheme_host_and_client() {
    let start = mirror().dev().arg("--behind-proxy");
    let app = start.arg("--allowed-host=app.test").await;
    app.phase("ready").await;
    let nginx = Nginx::before(&app).await;
    let page = nginx.client.get("app.test", "/").await.is(200);
    page.shows("x-forwarded-proto: https");
    page.shows("x-forwarded-for: 127.0.0.1");
    page.shows(&format!("x-forwarded-host: app.test:{}", nginx.port));
}

#[tokio::test]
#[cfg_attr(not(has_nginx), ignore = "needs nginx")]
async fn without_the_option_nginx_is_refused_and_the_option_is_offered() {
    let app = mirror().dev().await;
    app.phase("ready").await;
    let nginx = Nginx::before(&app).await;
    let refused = nginx.client.get("app.test", "/").await.is(403);
    refused.shows("--behind-proxy").shows("--allowed-host");
    let is_offer = |event: &Value| event["event"] == "notice";
    let offer = app.events.find("an offer", is_offer).await;
    let text = offer["text"].as_str().unwrap();
    assert!(
        text.contains("--behind-proxy --allowed-host app.test"),
        "{text}"
    );
}

#[tokio::test]
#[cfg_attr(
    not(all(has_browser, has_nginx)),
    ignore = "needs nginx, chromium and chromedriver"
)]
async fn the_pages_and_their_buttons_work_at_the_public_origin() {
    let start = mirror()
        .dev()
        .arg("--behind-proxy")
        .arg("--actions=everyone");
    let app = start.arg("--allowed-host=app.test").await;
    app.phase("ready").await;
    let nginx = Nginx::before(&app).await;
    let browser = Browser::start_trusting_all().await;
    browser
        .visit(&format!("https://app.test:{}/", nginx.port))
        .await;
    browser.shows("v1").await;
    app.say("v2");
    browser.until("document.title === 'v2'").await;
    app.replace(
        "src/main.rs",
        "fn main() {",
        "fn main() {\n    let x: String = \"a\";\n    drop(x);",
    );
    browser.shows("mismatched types").await;
    browser.click("button[data-fix]").await;
    app.phase("ready").await;
    browser.until("document.title === 'v2'").await;
}
