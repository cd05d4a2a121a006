//! Children that prompt on the terminal: they end with an error that says so.

use std::fs::{Permissions, set_permissions};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::thread;

use gin_tests::{Client, Response, Sandbox, Terminal, within};

const SCRIPT: &str = "use std::io::BufRead;

fn main() {
    let terminal = std::fs::File::open(\"/dev/tty\").unwrap();
    std::io::BufReader::new(terminal).lines().next();
}
";

/// Starts `cargo gin dev` on a terminal and returns a client of it.
async fn start(project: &Sandbox) -> (Terminal, Client) {
    let terminal = project.start_at_terminal(&["dev", "--port=0"]);
    let line = terminal.shows("app at http://").await;
    let (_, address) = line.rsplit_once("http://").expect("the line has the URL");
    let client = Client::new(address.trim().parse().expect("the URL has an address"));
    (terminal, client)
}

/// Requests the page until it is no longer the one that waits for a build.
async fn page(client: &Client) -> Response {
    within("a page other than the building page", async {
        loop {
            let page = client.get("/").as_navigation().await;
            if page.status != 503 {
                return page;
            }
        }
    })
    .await
}

#[tokio::test]
async fn a_build_script_that_prompts_is_ended_and_mended_by_a_save() {
    let project = Sandbox::new("plain").with("build.rs", SCRIPT);
    let (_terminal, client) = start(&project).await;
    let failed = page(&client).await.is(500);
    failed.shows("SIGHUP").shows("prompted on the terminal");
    project.edit("build.rs", "fn main() {}");
    page(&client).await.is(200).says("v1");
}

#[tokio::test]
async fn a_hook_and_an_app_that_prompt_are_ended() {
    let project = Sandbox::new("plain");
    let manifest = project.read("Cargo.toml");
    let hook = "\n[package.metadata.gin.on]\nbuild = \"sh -c 'read -r word < /dev/tty'\"\n";
    project.edit("Cargo.toml", &(manifest + hook));
    let (terminal, client) = start(&project).await;
    let failed = page(&client).await.is(500);
    failed
        .shows("read -r word")
        .shows("prompted on the terminal");
    drop(terminal);

    let project = Sandbox::with_main(SCRIPT);
    let (_terminal, client) = start(&project).await;
    let crashed = page(&client).await.is(502);
    crashed.shows("SIGHUP").shows("prompted on the terminal");
}

/// A program that ignores SIGHUP would be stopped and continued for ever.
#[tokio::test]
async fn a_hook_that_ignores_the_end_of_its_terminal_is_killed() {
    let project = Sandbox::new("plain").with(
        "prompt.sh",
        "#!/bin/sh\ntrap '' HUP\nwhile true; do read -r word < /dev/tty; done\n",
    );
    set_permissions(project.path("prompt.sh"), Permissions::from_mode(0o755)).unwrap();
    let manifest = project.read("Cargo.toml");
    let hook = "\n[package.metadata.gin.on]\nbuild = \"./prompt.sh\"\n";
    project.edit("Cargo.toml", &(manifest + hook));
    let (_terminal, client) = start(&project).await;
    page(&client).await.is(500).shows("prompt.sh");
}

/// Responds to each request that it wants a password.
fn guarded() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let port = listener.local_addr().expect("it listens").port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a client connects");
            let _ = stream.read(&mut [0; 4096]);
            let head = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"code\"\r\n";
            let _ = write!(
                stream,
                "{head}Content-Length: 0\r\nConnection: close\r\n\r\n"
            );
        }
    });
    port
}

#[tokio::test]
async fn a_dependency_that_needs_a_password_is_an_error_that_says_so() {
    let project = Sandbox::new("plain");
    let manifest = project.read("Cargo.toml");
    let url = format!("http://127.0.0.1:{}/secret.git", guarded());
    project.edit(
        ".cargo/config.toml",
        "[net]\ngit-fetch-with-cli = true\nretry = 0\n",
    );
    let dependency = format!("secret = {{ git = \"{url}\" }}");
    project.edit(
        "Cargo.toml",
        &manifest.replace("[dependencies]", &format!("[dependencies]\n{dependency}")),
    );
    let (_terminal, client) = start(&project).await;
    let failed = page(&client).await.is(500);
    failed.shows("could not read Username").shows("cargo fetch");
    project.edit("Cargo.toml", &manifest);
    page(&client).await.is(200).says("v1");
}
