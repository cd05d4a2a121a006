//! The dev server leaves no process behind, however it exits. Dropping a program in a test checks the same.

use gin_tests::{Gate, Sandbox};
use rustix::process::Signal;

/// The signals that stop it, with the exit codes that shells expect.
const SIGNALS: [(Signal, i32); 5] = [
    (Signal::INT, 130),
    (Signal::QUIT, 131),
    (Signal::TERM, 143),
    (Signal::HUP, 129),
    (Signal::KILL, 137),
];

#[tokio::test]
async fn a_signal_while_the_app_runs_leaves_no_process() {
    for (signal, code) in SIGNALS {
        let app = Sandbox::new("plain").dev().await;
        app.get("/").await.is(200).says("v1");
        assert_eq!(app.stop(signal).await.code, code);
    }
}

#[tokio::test]
async fn it_exits_when_its_output_is_no_longer_read() {
    let project = Sandbox::new("plain");
    let shell = project.shell();
    let readers = ["--message-format json | head -n 1", "2>&1 | head -n 1"];
    // The shell prints a sum, which the echo of its command does not contain, and a different one each time.
    for (mark, reader) in [1000, 2000].into_iter().zip(readers) {
        let server = format!("cargo-gin gin dev --port 0 {reader}");
        let code = format!("echo \"code $((${{PIPESTATUS[0]}} + {mark}))\"");
        shell.types(&format!("{server}; {code}\n"));
        shell.shows(&format!("code {}", mark + 128 + 13)).await;
    }
    shell.exits().await;
}

/// Regression: Ctrl-\\ left a terminal that showed no typed keys.
#[tokio::test]
async fn the_terminal_is_usable_after_each_signal_of_a_key() {
    let project = Sandbox::new("plain");
    let shell = project.shell();
    for (key, trap, code) in [("\u{3}", "INT", 130), ("\u{1c}", "QUIT", 131)] {
        // A shell that reads the next command itself would restore the terminal.
        let script = format!(
            "trap : {trap}; cargo-gin gin dev --port 0; echo \"code $(($? + {code}000))\"; stty -a"
        );
        shell.types(&format!("sh -c '{script}'\n"));
        shell.shows_again("ready in").await;
        shell.types(key);
        shell.shows(&format!("code {}", code + code * 1000)).await;
        let modes = shell.shows_again("icanon").await;
        assert!(!modes.contains("-icanon"), "{modes}");
    }
    shell.exits().await;
}

#[tokio::test]
async fn it_exits_when_its_terminal_is_closed() {
    let project = Sandbox::new("plain");
    let shell = project.shell();
    // `script` has a terminal of its own, which goes with it.
    shell.types("script -qc 'cargo-gin gin dev --port 0' /dev/null\n");
    shell.shows("ready in").await;
    let processes = shell.processes();
    let named = |name: &'static str| processes.iter().filter(move |process| process.name == name);
    named("script").for_each(|script| script.signal(Signal::KILL));
    assert!(named("cargo-gin").count() > 0);
    for process in named("cargo-gin").chain(named("app")) {
        assert!(process.wait(), "{process:?} still runs");
    }
    shell.exits().await;
}

#[tokio::test]
async fn a_signal_during_a_build_leaves_no_process() {
    for (signal, code) in SIGNALS {
        let gate = Gate::new().await;
        let start = Sandbox::with_gated_build().dev();
        let app = start.env("GATE", gate.address()).await;
        let script = gate.arrival().await;
        assert_eq!(app.stop(signal).await.code, code);
        script.gone().await;
    }
}

/// A broken target directory or a lock would fail the build or delay it.
#[tokio::test]
async fn cargo_builds_in_the_same_directory_right_after_a_signal() {
    for (signal, code) in SIGNALS {
        let gate = Gate::new().await;
        let start = Sandbox::with_gated_build().dev();
        let app = start.env("GATE", gate.address()).await;
        let script = gate.arrival().await;
        app.signal(signal);
        assert_eq!(app.wait().await.code, code);
        if signal == Signal::KILL {
            // The reaper is a process of its own.
            script.gone().await;
            app.leaves_nothing();
        }
        let exit = app.project().cargo(&["build"]).await;
        assert_eq!(exit.code, 0, "{}", exit.stderr);
        // That of the package cache may be held by anyone's cargo.
        let is_wait = |line: &str| line.contains("Blocking") && !line.contains("package cache");
        assert!(!exit.stderr.lines().any(is_wait), "{}", exit.stderr);
    }
}

#[tokio::test]
async fn a_signal_after_a_crash_or_a_broken_build_leaves_no_process() {
    for main in ["fn main() {}", "fn main() { oops }"] {
        for (signal, code) in SIGNALS {
            let app = Sandbox::with_main(main).dev().await;
            app.page("/").await;
            assert_eq!(app.stop(signal).await.code, code);
        }
    }
}

#[tokio::test]
async fn a_signal_while_the_app_starts_leaves_no_process() {
    for (signal, code) in SIGNALS {
        let gate = Gate::new().await;
        let main = "fn main() { http::wait_at_gate() }";
        let app = Sandbox::with_main(main)
            .dev()
            .env("GATE", gate.address())
            .await;
        let start = gate.arrival().await;
        assert_eq!(app.stop(signal).await.code, code);
        start.gone().await;
    }
}

/// An app that ignores SIGTERM, because the shell that executes it does: ignored signals stay ignored.
const DEAF: &str = "use std::os::unix::process::CommandExt;
use std::process::Command;

fn main() {
    if std::env::var_os(\"DEAF\").is_some() {
        http::serve(\"v1\")
    }
    let program = std::env::current_exe().unwrap();
    let mut shell = Command::new(\"sh\");
    shell.args([\"-c\", \"trap '' TERM; exec \\\"$0\\\"\"]);
    panic!(\"{}\", shell.arg(program).env(\"DEAF\", \"1\").exec())
}
";

#[tokio::test]
async fn an_app_that_ignores_sigterm_is_killed_after_its_grace() {
    let app = Sandbox::with_main(DEAF).dev().arg("--grace=200ms").await;
    let old = app.get("/pid").await.is(200).text();
    app.say("v2");
    app.get("/").await.is(200).says("v2");
    assert_ne!(app.get("/pid").await.is(200).text(), old);
    assert_eq!(app.stop(Signal::TERM).await.code, 143);
}

#[tokio::test]
async fn an_app_that_outlives_its_grace_is_reported_once() {
    let app = Sandbox::with_main(DEAF).dev().arg("--grace=200ms").await;
    for text in ["v1", "v2", "v3"] {
        app.say(text);
        app.get("/").await.is(200).says(text);
    }
    app.stop(Signal::TERM).await;
    let notices = app.events.all().into_iter();
    let notices: Vec<_> = notices.filter(|event| event["event"] == "notice").collect();
    let [notice] = &notices[..] else {
        panic!("not one notice: {notices:?}");
    };
    let text = notice["text"].as_str().unwrap();
    assert!(
        text.contains("did not exit within 200ms of SIGTERM"),
        "{text}"
    );
}

#[tokio::test]
async fn a_second_signal_does_not_wait_for_the_grace() {
    let app = Sandbox::with_main(DEAF).dev().arg("--grace=1h").await;
    app.get("/").await.is(200).says("v1");
    app.signal(Signal::INT);
    let code = app.stop(Signal::TERM).await.code;
    assert!([130, 143].contains(&code), "{code}");
}

#[tokio::test]
async fn an_app_that_is_stopped_is_still_replaced() {
    let app = Sandbox::new("plain").dev().await;
    let pid = app.get("/pid").await.is(200).text();
    let stopped = app.processes();
    let stopped = stopped.iter().find(|process| process.id.to_string() == pid);
    stopped.unwrap().signal(Signal::STOP);
    app.say("v2");
    app.get("/").await.is(200).says("v2");
}

#[tokio::test]
async fn the_children_of_an_app_exit_with_it() {
    for start in [
        "Command::new(\"env\")",
        "Command::new(\"sh\").args([\"-c\", \"\\\"$0\\\" & wait\"])",
        "Command::new(\"setsid\")",
        "Command::new(\"setsid\").arg(\"--fork\")",
    ] {
        let main = format!(
            "use std::process::Command;\n\
             fn main() {{\n    \
                 if std::env::var_os(\"CHILD\").is_some() {{ return http::wait_at_gate() }}\n    \
                 let program = std::env::current_exe().unwrap();\n    \
                 {start}.arg(program).env(\"CHILD\", \"1\").spawn().unwrap();\n    \
                 http::serve(\"v1\")\n\
             }}\n"
        );
        let gate = Gate::new().await;
        let start = Sandbox::with_main(&main).dev();
        let app = start.env("GATE", gate.address()).await;
        let old = gate.arrival().await;
        app.get("/").await.is(200).says("v1");
        app.say("v2");
        app.get("/").await.is(200).says("v2");
        old.gone().await;
        let new = gate.arrival().await;
        assert_eq!(app.stop(Signal::TERM).await.code, 143);
        new.gone().await;
    }
}

/// An app that has started a daemon before it listens.
const WITH_DAEMON: &str = "use std::process::Command;

fn main() {
    if std::env::var_os(\"DAEMON\").is_some() {
        return http::wait_at_gate()
    }
    let mut setsid = Command::new(\"setsid\");
    setsid.arg(\"--fork\").arg(std::env::current_exe().unwrap()).env(\"DAEMON\", \"1\");
    // After this, the daemon has lost its parent.
    setsid.status().unwrap();
    http::serve(\"v1\")
}
";

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_daemon_of_the_app_ends_with_a_dev_server_that_is_killed() {
    let gate = Gate::new().await;
    let start = Sandbox::with_main(WITH_DAEMON).dev();
    let app = start.env("GATE", gate.address()).await;
    let daemon = gate.arrival().await;
    app.get("/").await.is(200).says("v1");
    assert_eq!(app.stop(Signal::KILL).await.code, 137);
    daemon.gone().await;
}

/// Regression: the daemon of the new app was killed with the old app.
#[tokio::test]
async fn a_daemon_of_the_app_lives_as_long_as_its_app() {
    for overlap in ["0", "1"] {
        let gate = Gate::new().await;
        let start = Sandbox::with_main(WITH_DAEMON).dev();
        let start = start.env("GIN_OVERLAP", overlap);
        let app = start.env("GATE", gate.address()).await;
        let old = gate.arrival().await;
        app.get("/").await.is(200).says("v1");
        app.say("v2");
        app.get("/").await.is(200).says("v2");
        old.gone().await;
        let new = gate.arrival().await;
        let processes = app.processes().into_iter();
        let daemons = processes.filter(|process| process.variable("DAEMON").is_some());
        assert_eq!(daemons.count(), 1, "with GIN_OVERLAP={overlap}");
        assert_eq!(app.stop(Signal::TERM).await.code, 143);
        new.gone().await;
    }
}
