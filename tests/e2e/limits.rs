//! The limits of the system: its queue of file events, the length of a path, a directory that cannot be written.

use std::fs;

use gin_tests::{Dev, Gate, Process, Sandbox, within};
use rustix::process::Signal;

/// An app that reads a file when it starts.
const READS_AT_START: &str = "fn main() {
    http::serve(std::fs::read_to_string(\"src/words.txt\").unwrap().leak())
}
";

/// Returns the process of the dev server.
fn server(app: &Dev) -> Process {
    let is_server = |process: &Process| process.name == "cargo-gin";
    let mut processes = app.processes().into_iter().filter(is_server);
    let server = processes.find(|process| process.command_line.contains(" dev "));
    server.expect("the dev server runs")
}

/// Stops the dev server, fills the kernel's queue with events about files that do not count, does `unseen`, and continues it.
fn with_a_full_queue(app: &Dev, unseen: impl FnOnce(&Sandbox)) {
    let limit =
        fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").expect("Linux has the limit");
    let limit: usize = limit.trim().parse().expect("it is a number");
    let server = server(app);
    server.signal(Signal::STOP);
    let project = app.project();
    // The kernel merges an event with the same one before it, so two files take turns.
    for _ in 0..limit {
        for name in ["src/one~", "src/two~"] {
            fs::write(project.path(name), "").expect("the file can be written");
        }
    }
    unseen(project);
    server.signal(Signal::CONT);
}

#[tokio::test]
async fn pages_reload_if_a_file_may_have_been_lost_in_the_system_s_queue() {
    let project = Sandbox::new("plain").with("static/page.html", "v1");
    let app = project.dev().await;
    app.get("/").await.is(200).says("v1");
    let mut events = app.get("/__gin/events").stream().await;
    events.receives("\"ready\"").await;
    with_a_full_queue(&app, |project| project.edit("static/page.html", "v2"));
    events.receives("event: reload").await;
    let ready = app.phase("ready").await;
    assert_eq!(ready["cause"], "more files than the system could follow");
}

#[tokio::test]
async fn an_app_restarts_if_a_file_of_its_own_may_have_been_lost_in_the_queue() {
    for option in ["--all", "--path=src"] {
        let project = Sandbox::with_main(READS_AT_START).with("src/words.txt", "v1");
        let app = project.dev().arg(option).await;
        app.get("/").await.is(200).says("v1");
        with_a_full_queue(&app, |project| project.edit("src/words.txt", "v2"));
        app.phase("ready").await;
        app.get("/").await.is(200).says("v2");
    }
}

/// The longest path that the system takes has 4,095 bytes.
#[tokio::test]
async fn a_file_at_the_end_of_the_longest_path_is_watched() {
    const LONGEST: usize = 4095;
    const NAME: &str = "page.html";
    let project = Sandbox::new("plain");
    let room = LONGEST - project.path("src").as_os_str().len() - NAME.len() - 2;
    let directory = "d".repeat(200);
    let mut directories = vec![directory; room / 201];
    directories.push("e".repeat(room % 201));
    directories.retain(|name| !name.is_empty());
    let deep = format!("src/{}/{NAME}", directories.join("/"));
    assert!(project.path(&deep).as_os_str().len() <= LONGEST);
    let main = format!(
        "fn main() {{ http::serve(include_str!({:?})) }}",
        deep.trim_start_matches("src/")
    );
    project.edit(&deep, "v1");
    project.edit("src/main.rs", &main);
    let app = project.dev().await;
    app.page("/").await.is(200).says("v1");
    app.edit(&deep, "v2");
    app.page("/").await.is(200).says("v2");
}

/// Mounts the target directory, which `ro` and `rw` written to a pipe then mount again. Another pipe has a line once that is done.
const REMOUNTED: &str = "mkdir -p ../target && mount -t tmpfs tmpfs ../target && mkfifo ../order ../done &&
    (for _ in 1 2; do read -r mode < ../order; mount -o remount,$mode ../target; echo > ../done; done) &
    exec \"$0\" \"$@\"";

#[cfg_attr(not(has_namespaces), ignore = "there are no user namespaces here")]
#[tokio::test]
async fn a_target_directory_that_cannot_be_written_is_reported_until_it_can() {
    let app = Sandbox::new("plain").dev().limited(REMOUNTED).await;
    app.page("/").await.is(200).says("v1");
    let remount = |mode: &str| {
        fs::write(app.project().path("../order"), format!("{mode}\n")).unwrap();
        fs::read(app.project().path("../done")).unwrap();
    };
    remount("ro");
    app.say("v2");
    let page = app.page("/").await.is(500);
    page.shows("Read-only file system").shows("--target-dir");
    remount("rw");
    app.say("v3");
    app.page("/").await.is(200).says("v3");
}

#[tokio::test]
async fn a_target_directory_that_is_deleted_during_a_build_is_made_again() {
    let gate = Gate::new().await;
    let project = Sandbox::with_gated_build();
    let app = project.dev().env("GATE", gate.address()).await;
    let build = gate.arrival().await;
    app.project().remove_directory("../target");
    build.pass().await;
    app.page("/").await.is(500).shows("failed to write");
    app.say("v2");
    gate.arrival().await.pass().await;
    app.page("/").await.is(200).says("v2");
}

/// Mounts a target directory with little room, which a line in a pipe fills, and the next one frees. Another pipe has a line once that is done.
const FILLED: &str =
    "mkdir -p ../target && mount -t tmpfs -o size=64m tmpfs ../target && mkfifo ../order ../done &&
    (read -r _ < ../order; cat /dev/zero > ../target/rest 2>&1; echo > ../done;
     read -r _ < ../order; rm ../target/rest; echo > ../done) &
    exec \"$0\" \"$@\"";

#[cfg_attr(not(has_namespaces), ignore = "there are no user namespaces here")]
#[tokio::test]
async fn while_the_disk_is_full_the_old_app_ends_its_responses() {
    let gate = Gate::new().await;
    let start = Sandbox::new("plain").dev().limited(FILLED);
    let app = start.env("GATE", gate.address()).await;
    app.page("/").await.is(200).says("v1");
    let order = || {
        fs::write(app.project().path("../order"), "\n").unwrap();
        fs::read(app.project().path("../done")).unwrap();
    };
    // A request with an effect is never sent again.
    let pending = tokio::spawn(app.get("/gate").post("").outcome());
    let slow = gate.arrival().await;
    order();
    app.say("v2");
    app.page("/").await.is(500).shows("The disk is full");
    slow.pass().await;
    let response = within("the response", pending).await.unwrap().unwrap();
    response.is(200).says("v1");
    order();
    app.say("v3");
    app.page("/").await.is(200).says("v3");
}
