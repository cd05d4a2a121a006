//! A newer change cancels the build or the start of an older one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use gin_tests::{Client, Gate, Process, Sandbox};
use rustix::process::Signal;
use serde_json::Value;

#[tokio::test]
async fn a_newer_save_ends_cargo_and_its_child_processes() {
    let gate = Gate::new().await;
    let app = Sandbox::with_gated_build()
        .dev()
        .env("GATE", gate.address())
        .await;
    gate.arrival().await.pass().await;
    app.get("/").await.is(200).says("v1");

    app.say("v2");
    let stale = gate.arrival().await;
    let before = app.processes();
    app.say("v3");
    stale.gone().await;
    let fresh = gate.arrival().await;
    for process in before.iter().filter(|process| belongs_to_a_build(process)) {
        assert!(process.wait(), "{process:?} still runs");
    }
    let cargos = app.processes();
    let cargos = cargos.iter().filter(|process| process.name == "cargo");
    assert_eq!(cargos.count(), 1);
    fresh.pass().await;
    app.get("/").await.is(200).says("v3");
}

fn belongs_to_a_build(process: &Process) -> bool {
    let name = process.name.as_str();
    name == "cargo" || name == "rustc" || name.starts_with("build-script")
}

#[tokio::test]
async fn a_save_while_the_app_starts_cancels_that_start() {
    let main = "fn main() { http::wait_at_gate(); http::serve(\"v1\") }";
    let gate = Gate::new().await;
    let app = Sandbox::with_main(main)
        .dev()
        .env("GATE", gate.address())
        .await;
    let stale = gate.arrival().await;
    app.say("v2");
    stale.gone().await;
    let fresh = gate.arrival().await;
    let apps = app.processes();
    let apps = apps.iter().filter(|process| process.name == "app");
    assert_eq!(apps.count(), 1);
    fresh.pass().await;
    app.get("/").await.is(200).says("v2");
}

/// An app in a shell that reports SIGTERM, and ignores it.
const STUBBORN: &str = r#"
fn main() {
    if std::env::var("INNER").is_ok() {
        http::serve("v1");
    }
    use std::os::unix::process::CommandExt as _;
    let script = "(trap '' TERM; INNER=1 exec \"$0\") & trap 'echo got SIGTERM' TERM; while :; do wait; done";
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", script]).arg(std::env::current_exe().unwrap());
    panic!("{}", shell.exec());
}
"#;

#[tokio::test]
async fn an_app_that_got_sigterm_is_not_kept_if_the_edit_is_reverted() {
    let app = Sandbox::with_main(STUBBORN).dev().arg("--grace=1s").await;
    let pid = app.get("/pid").await.is(200).text();
    app.say("v2");
    let terminated = app.events.find("the app's SIGTERM", |event| {
        event["event"] == "output" && event["text"] == "got SIGTERM\n"
    });
    terminated.await;
    app.edit("src/main.rs", STUBBORN);
    app.get("/").await.is(200).says("v1");
    assert_ne!(app.get("/pid").await.is(200).text(), pid);
}

/// An app that responds with the texts of its thousand modules, and prints a line when it starts.
const MANY: &str = "
fn main() {
    println!(\"main begins\");
    http::serve(TEXTS.concat().leak())
}
";

/// Returns the app with its thousand modules, and the modules' names.
fn with_thousand_modules() -> (Sandbox, Vec<String>) {
    let names: Vec<_> = (0..1000).map(|number| format!("m{number}")).collect();
    let modules = format!("mod {};\n", names.join("; mod "));
    let texts = format!("{}::TEXT", names.join("::TEXT, "));
    let texts = format!("const TEXTS: [&str; 1000] = [{texts}];\n");
    let project = Sandbox::with_main(&(MANY.to_owned() + &modules + &texts));
    for name in &names {
        project.edit(&format!("src/{name}.rs"), &module("v1"));
    }
    (project, names)
}

#[tokio::test]
async fn a_thousand_files_at_once_are_one_build_or_two() {
    let (project, names) = with_thousand_modules();
    let app = project.dev().await;
    app.get("/").await.is(200).says(&"v1".repeat(1000));
    // The files are written elsewhere and moved into place, because on a loaded machine writing them one by one takes as long
    // as a build. They are written after the first build, because cargo ignores changes that are older.
    let beside = Sandbox::empty();
    for name in &names {
        beside.edit(&format!("{name}.rs"), &module("v2"));
    }
    let project = app.project();
    for name in &names {
        let from = beside.path(&format!("{name}.rs"));
        project.rename(&from.to_string_lossy(), &format!("src/{name}.rs"));
    }
    app.get("/").await.is(200).says(&"v2".repeat(1000));
    // Each completed build differs from the others and is started. Lines of an app are always delivered, whereas a phase may be
    // skipped if the next one follows quickly.
    let exit = app.stop(Signal::TERM).await;
    let builds = exit.stdout.matches("main begins").count() - 1;
    assert!((1..=2).contains(&builds), "{builds} completed builds");
}

/// Threads that keep the machine busy. Dropping it stops them.
struct Load {
    is_over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Load {
    fn start() -> Load {
        let is_over = Arc::new(AtomicBool::new(false));
        let busy = |is_over: Arc<AtomicBool>| {
            move || {
                while !is_over.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            }
        };
        let threads = (0..4).map(|_| thread::spawn(busy(Arc::clone(&is_over))));
        Load {
            threads: threads.collect(),
            is_over,
        }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            thread
                .join()
                .expect("a thread that does nothing does not panic");
        }
    }
}

#[tokio::test]
async fn a_thousand_files_one_by_one_are_two_attempts_on_a_loaded_machine() {
    let (project, names) = with_thousand_modules();
    let program = project.start(&["dev", "--port", "0"]);
    let says = |words| move |line: &Value| line.as_str().is_some_and(|line| line.contains(words));
    let line = program.stderr.find("the URL", says("http://")).await;
    let (_, address) = line.as_str().unwrap().split_once("http://").unwrap();
    let client = Client::new(address.trim().parse().unwrap());
    client.get("/").await.is(200).says(&"v1".repeat(1000));

    let load = Load::start();
    for name in &names {
        project.edit(&format!("src/{name}.rs"), &module("v2"));
    }
    drop(load);
    client.get("/").await.is(200).says(&"v2".repeat(1000));

    let status = client.get("/__gin/status").await.is(200).json();
    let attempts = status["build"].as_u64().unwrap() - 1;
    assert!((1..=2).contains(&attempts), "{attempts} attempts");
    let history = client.get("/__gin/history").await.is(200).json();
    let history = history["history"].as_array().unwrap();
    assert_eq!(history.len() as u64, attempts + 1);
    // The second attempt has all files that changed after the first one's, and the dropped work of that.
    assert_eq!(history[0]["cause"], "app/src/m0.rs and 999 more");
    assert_eq!(history[0]["changed"].as_array().map(Vec::len), Some(1000));
    let exit = program.stop(Signal::TERM).await;
    let lines = exit.stderr.matches("rebuilding: ").count() as u64;
    assert!((1..=attempts).contains(&lines), "{}", exit.stderr);
    assert!(
        exit.stderr.contains("m0.rs and 999 more"),
        "{}",
        exit.stderr
    );
}

fn module(text: &str) -> String {
    format!("pub const TEXT: &str = \"{text}\";\n")
}
