//! Ctrl-Z and `fg` at any moment, and children that are stopped or dead.

use gin_tests::{Client, Gate, Process, Sandbox, Terminal, within};
use rustix::process::Signal;

/// The dev server, whose children take half a second to make a process group of their own.
#[cfg(target_os = "linux")]
const SLOWED: &str = "strace -DDD -f -qq -o /dev/null -e trace=setpgid -e inject=setpgid:delay_enter=500000 \
     cargo-gin gin dev --port 0\n";

/// Waits until this many processes are the dev server itself: a child that is being started has not become another program yet.
#[cfg(target_os = "linux")]
async fn count(shell: &Terminal, expected: usize) {
    within("the start of a child", async {
        loop {
            let processes = shell.processes();
            let ours = processes.iter().filter(|it| it.name == "cargo-gin");
            if ours.count() == expected {
                return;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// Regression: the child stayed stopped after `fg`, and the dev server waited for it forever.
#[cfg_attr(not(has_strace), ignore = "needs strace")]
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_job_that_is_stopped_while_it_starts_cargo_or_the_app_goes_on() {
    let project = Sandbox::new("plain");
    let shell = project.shell();
    shell.types(SLOWED);
    let listening = shell.shows("at http://").await;
    let (_, address) = listening.rsplit_once("http://").unwrap();
    let client = Client::new(address.trim().parse().unwrap());
    client.get("/").await.is(200).says("v1");
    for (version, children_before) in [("v2", 0), ("v3", 1), ("v4", 0)] {
        project.edit(
            "src/main.rs",
            &format!("fn main() {{ http::serve({version:?}) }}"),
        );
        count(&shell, 2).await;
        for _ in 0..children_before {
            count(&shell, 1).await;
            count(&shell, 2).await;
        }
        shell.types("\x1a");
        shell.shows_again("Stopped").await;
        shell.types("fg\n");
        client.get("/").await.is(200).says(version);
    }
    shell.types("q");
    count(&shell, 0).await;
    shell.exits().await;
}

#[tokio::test]
async fn children_that_were_stopped_go_on_with_the_dev_server() {
    let app = Sandbox::new("plain").dev().await;
    let pid = app.get("/pid").await.is(200).text();
    let processes = app.processes();
    let stopped = processes.iter().find(|it| it.id.to_string() == pid);
    stopped.unwrap().signal(Signal::STOP);
    app.signal(Signal::CONT);
    app.get("/").await.is(200).says("v1");
}

/// Regression: the compilers of cancelled builds stayed as zombies until the next start of an app.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn cancelled_builds_leave_no_zombies() {
    let gate = Gate::new().await;
    let start = Sandbox::with_gated_build().dev();
    let app = start.env("GATE", gate.address()).await;
    for version in ["v2", "v3", "v4"] {
        let script = gate.arrival().await;
        app.say(version);
        script.gone().await;
    }
    let _last = gate.arrival().await;
    let processes = app.processes();
    let is_ours = |process: &&Process| process.name == "cargo-gin";
    let server = processes.iter().find(is_ours).unwrap();
    within("the end of all zombies", async {
        while server.zombies() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
