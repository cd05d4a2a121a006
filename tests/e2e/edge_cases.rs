//! Unusual file names, links, locks, ports and limits.

use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::net::TcpListener as StdListener;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use gin_tests::{Gate, Sandbox};

#[tokio::test]
async fn odd_names_are_watched_like_any_other() {
    for name in [
        "my page.html",
        "-f.html",
        "100%.html",
        "\u{1f980}.html",
        "a'\"$(b)",
    ] {
        let main = format!("fn main() {{ http::serve(include_str!({name:?})) }}");
        let app = Sandbox::with_main(&main)
            .with(&format!("src/{name}"), "v1")
            .dev()
            .await;
        app.get("/").await.is(200).says("v1");
        app.edit(&format!("src/{name}"), "v2");
        app.get("/").await.is(200).says("v2");
    }
}

#[tokio::test]
async fn a_file_name_that_is_not_utf_8_does_no_harm() {
    let app = Sandbox::new("plain").dev().await;
    app.get("/").await.is(200).says("v1");
    let directory = app.project().path("src");
    for name in [&b"\xff.rs"[..], b"two\nlines.rs"] {
        fs::write(directory.join(OsStr::from_bytes(name)), "").unwrap();
    }
    app.say("v2");
    app.get("/").await.is(200).says("v2");
}

#[tokio::test]
async fn links_to_a_parent_or_out_of_the_package_are_not_followed() {
    let project = Sandbox::new("plain");
    symlink(".", project.path("src/circle")).unwrap();
    symlink("/", project.path("src/out")).unwrap();
    let app = project.dev().await;
    app.get("/").await.is(200).says("v1");
    app.say("v2");
    app.get("/").await.is(200).says("v2");
}

#[tokio::test]
async fn a_linked_source_file_counts_when_its_target_changes() {
    let project = Sandbox::with_main("fn main() { http::serve(include_str!(\"page.html\")) }")
        .with("../elsewhere/page.html", "v1");
    symlink("../../elsewhere/page.html", project.path("src/page.html")).unwrap();
    let app = project.dev().await;
    app.get("/").await.is(200).says("v1");
    app.edit("../elsewhere/page.html", "v2");
    app.get("/").await.is(200).says("v2");
}

#[tokio::test]
async fn a_deleted_target_directory_is_created_again() {
    let app = Sandbox::new("plain").dev().await;
    app.get("/").await.is(200).says("v1");
    app.project().remove_directory("../target");
    app.say("v2");
    app.get("/").await.is(200).says("v2");
}

#[tokio::test]
async fn a_build_that_waits_for_another_cargo_is_reported() {
    let gate = Gate::new().await;
    let project = Sandbox::with_gated_build();
    let first = project.start_with(&["dev", "--port", "0"], "GATE", &gate.address());
    let holder = gate.arrival().await;
    let app = project.dev().await;
    let mut events = app.get("/__gin/events").stream().await;
    events.receives("file lock on").await;
    let page = app.get("/").as_navigation().await.is(503);
    page.shows("cargo waits for the file lock");
    holder.pass().await;
    app.get("/").await.is(200).says("v1");
    drop(first);
}

#[tokio::test]
async fn a_fixed_port_in_use_is_reported_with_its_holder() {
    for fixture in ["plain", "listenfd"] {
        let holder = StdListener::bind("127.0.0.1:0").unwrap();
        let port = holder.local_addr().unwrap().port();
        let start = Sandbox::new(fixture).dev();
        let app = start.arg(format!("--app-port={port}")).await;
        app.page("/")
            .await
            .is(500)
            .shows(&format!("the app cannot use port {port}"))
            .shows(&format!("(pid {}) listens there", std::process::id()))
            .shows("--app-port");
        drop(holder);
        app.say("v2");
        app.get("/").await.is(200).says("v2");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_holder_of_the_lock_that_cargo_waits_for_is_reported() {
    let project = Sandbox::new("plain").with("../target/debug/.cargo-lock", "");
    let lock = fs::File::open(project.path("../target/debug/.cargo-lock")).unwrap();
    lock.lock().unwrap();
    let app = project.dev().await;
    let holder = format!("(pid {}", std::process::id());
    let mut events = app.get("/__gin/events").stream().await;
    events.receives(&holder).await;
    let page = app.get("/").as_navigation().await.is(503);
    page.shows("cargo waits for the file lock on")
        .shows(&holder)
        .shows("--target-dir target/gin");
    drop(lock);
    app.get("/").await.is(200).says("v1");
}

/// A build script that copies a file from outside the workspace into `OUT_DIR`.
const FROM_OUTSIDE: &str = "fn main() {
    let outside = std::env::var(\"OUTSIDE\").unwrap();
    println!(\"cargo::rerun-if-changed={outside}\");
    println!(\"cargo::rerun-if-env-changed=OUTSIDE\");
    let made = std::path::Path::new(&std::env::var(\"OUT_DIR\").unwrap()).join(\"made.txt\");
    std::fs::copy(outside, made).unwrap();
}
";

/// An app that responds with the file that its build script has written.
const MADE: &str =
    "fn main() { http::serve(include_str!(concat!(env!(\"OUT_DIR\"), \"/made.txt\"))) }";

#[tokio::test]
async fn a_file_outside_the_workspace_that_only_a_build_script_reads_counts() {
    let outside = tempfile::tempdir().unwrap();
    let file = outside.path().join("words.txt");
    std::fs::write(&file, "v1").unwrap();
    let project = Sandbox::with_main(MADE).with("build.rs", FROM_OUTSIDE);
    let app = project.dev().env("OUTSIDE", &file).await;
    for text in ["v1", "v2", "v3"] {
        std::fs::write(&file, text).unwrap();
        app.get("/").await.is(200).says(text);
    }
}

#[tokio::test]
async fn configured_target_and_build_directories_are_found_and_not_watched() {
    let config = "[build]\ntarget-dir = \"made/target\"\nbuild-dir = \"made-between\"\n";
    let outside = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&outside, "v1").unwrap();
    let project = Sandbox::with_main(MADE)
        .with("build.rs", FROM_OUTSIDE)
        .with("../.cargo/config.toml", config);
    let app = project.dev().env("OUTSIDE", outside.path()).await;
    app.get("/").await.is(200).says("v1");
    assert_eq!(app.status().await["build"], 1);
    std::fs::write(&outside, "v2").unwrap();
    app.get("/").await.is(200).says("v2");
    assert_eq!(app.status().await["build"], 2);
}

#[cfg_attr(not(has_namespaces), ignore = "there are no user namespaces here")]
#[tokio::test]
async fn files_are_polled_once_the_system_has_no_watches_left() {
    for (limit, most) in [("watches", 3), ("instances", 0)] {
        let script =
            format!("echo {most} > /proc/sys/user/max_inotify_{limit} && exec \"$0\" \"$@\"");
        let app = Sandbox::new("plain").dev().limited(&script).await;
        app.get("/").await.is(200).says("v1");
        let remedy = format!("`sysctl fs.inotify.max_user_{limit}=");
        let is_notice = |event: &serde_json::Value| {
            let text = event["text"].as_str().unwrap_or_default();
            event["event"] == "notice" && text.contains(&remedy)
        };
        app.events.find("a notice about the limit", is_notice).await;
        app.say("v2");
        app.phase("ready").await;
        app.get("/").await.is(200).says("v2");
        let notices = app.events.all();
        assert_eq!(notices.iter().filter(|event| is_notice(event)).count(), 1);
    }
}

/// Regression: rustc cuts a name at a line break where it writes down what it has read.
#[tokio::test]
async fn names_with_a_line_break_are_watched() {
    let main = "#[path = \"one\\nof two.rs\"] mod file;
#[path = \"a\\ndirectory/file.rs\"] mod deep;
fn main() { http::serve(Box::leak(format!(\"{} {}\", file::TEXT, deep::TEXT).into_boxed_str())) }
";
    let text = |text: &str| format!("pub const TEXT: &str = {text:?};\n");
    for options in [&[][..], &["--fast"]] {
        let project = Sandbox::with_main(main)
            .with("src/one\nof two.rs", &text("a1"))
            .with("src/a\ndirectory/file.rs", &text("b1"));
        let mut app = project.dev();
        for option in options {
            app = app.arg(option);
        }
        let app = app.await;
        app.get("/").await.is(200).says("a1 b1");
        for version in 2..4 {
            app.edit("src/one\nof two.rs", &text(&format!("a{version}")));
            let other = version - 1;
            app.get("/")
                .await
                .is(200)
                .says(&format!("a{version} b{other}"));
            app.edit("src/a\ndirectory/file.rs", &text(&format!("b{version}")));
            app.get("/")
                .await
                .is(200)
                .says(&format!("a{version} b{version}"));
        }
    }
}

/// Makes the root look like a mount of another machine, in a script for [`gin_tests::Start::limited`].
fn far_root(project: &Sandbox) -> String {
    project.edit("../mounts", "1 0 0:1 / / rw - nfs4 server:/ rw\n");
    format!(
        "mount --bind {} /proc/$$/mountinfo && exec \"$0\" \"$@\"",
        project.path("../mounts").display()
    )
}

#[cfg_attr(not(has_namespaces), ignore = "there are no user namespaces here")]
#[tokio::test]
async fn a_mount_that_others_change_is_polled_and_reported_once() {
    let project = Sandbox::new("plain");
    let mount = far_root(&project);
    let app = project.dev().limited(&mount).await;
    let is_notice = |event: &serde_json::Value| {
        let text = event["text"].as_str().unwrap_or_default();
        event["event"] == "notice" && text.starts_with("/ is a mount of type nfs4")
    };
    app.events.find("a notice of the mount", is_notice).await;
    app.get("/").await.is(200).says("v1");
    app.say("v2");
    app.get("/").await.is(200).says("v2");
    let notices = app.events.all();
    assert_eq!(notices.iter().filter(|event| is_notice(event)).count(), 1);
}

#[cfg_attr(not(has_namespaces), ignore = "there are no user namespaces here")]
#[tokio::test]
async fn a_mount_is_trusted_where_the_user_says_so() {
    let project = Sandbox::new("plain");
    let mount = far_root(&project);
    let app = project.dev().arg("--poll=never").limited(&mount).await;
    app.get("/").await.is(200).says("v1");
    app.say("v2");
    app.get("/").await.is(200).says("v2");
    assert!(!app.events.text().contains("is a mount of type"));
}

#[cfg_attr(not(has_namespaces), ignore = "there are no user namespaces here")]
#[tokio::test]
async fn the_dev_server_raises_its_limit_of_files_and_the_app_gets_the_former() {
    let main = "fn main() {
    let limits = std::fs::read_to_string(\"/proc/self/limits\").unwrap();
    http::serve(limits.leak())
}
";
    let soft = "ulimit -S -n 300 && exec \"$0\" \"$@\"";
    let app = Sandbox::with_main(main).dev().limited(soft).await;
    let limit = |limits: &str| {
        let line = limits
            .lines()
            .find(|line| line.starts_with("Max open files"));
        let mut numbers = line.unwrap().split_whitespace().skip(3);
        numbers.next().unwrap().parse::<u64>().unwrap()
    };
    assert_eq!(limit(&app.get("/").await.is(200).text()), 300);
    let is_server = |process: &gin_tests::Process| process.name == "cargo-gin";
    let server = app.processes().into_iter().find(is_server).unwrap();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.id)).unwrap();
    assert!(limit(&limits) > 300, "{limits}");
}

#[cfg_attr(not(has_namespaces), ignore = "there are no user namespaces here")]
#[tokio::test]
async fn a_full_disk_is_reported_as_one_by_cargo_rustc_and_the_linker() {
    // These sizes fail cargo itself, rustc, and the linker, which is killed by a signal.
    for room in ["16k", "300k", "3m"] {
        let mount = format!(
            "mkdir -p ../target && mount -t tmpfs -o size={room} tmpfs ../target && exec \"$0\" \"$@\""
        );
        let app = Sandbox::new("plain").dev().limited(&mount).await;
        app.page("/").await.is(500).shows("The disk is ");
    }
}

#[tokio::test]
async fn an_executable_that_was_deleted_is_built_again() {
    let app = Sandbox::new("plain").dev().arg("--lazy").await;
    app.phase("idle").await;
    app.project().remove("../target/debug/app");
    app.get("/").await.is(200).says("v1");
}

#[tokio::test]
async fn an_executable_that_is_still_written_is_waited_for() {
    let project = Sandbox::new("plain");
    let executable = project.path("../target/debug/app");
    let app = project.dev().arg("--lazy").await;
    app.phase("idle").await;
    let writer = OpenOptions::new().append(true).open(executable).unwrap();
    let response = async {
        app.get("/").await.is(200).says("v1");
    };
    let written = async {
        app.phase("starting").await;
        drop(writer);
    };
    tokio::join!(response, written);
}

/// Each client has a request that the app does not respond to.
#[tokio::test]
async fn clients_beyond_the_limit_of_open_files_are_turned_away_and_builds_go_on() {
    let main = r#"
        use std::io::{Read, Write};

        fn main() {
            let port = std::env::var("PORT").unwrap();
            let listener = std::net::TcpListener::bind(format!("127.0.0.1:{port}")).unwrap();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                std::thread::spawn(move || {
                    let mut head = [0; 1024];
                    let count = stream.read(&mut head).unwrap();
                    if head[..count].starts_with(b"GET /wait") {
                        std::thread::park();
                    }
                    let _ = write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nv1");
                });
            }
        }
    "#;
    let script = "ulimit -n 256 && exec \"$0\" \"$@\"";
    let app = Sandbox::with_main(main).dev();
    let app = app.arg("--hold=2s").limited(script).await;
    app.phase("ready").await;
    app.get("/").await.is(200).says("v1");
    let mut waiting = Vec::new();
    for _ in 0..200 {
        let mut client = TcpStream::connect(app.address()).await.unwrap();
        let request = "GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n";
        client.write_all(request.as_bytes()).await.unwrap();
        waiting.push(client);
    }
    let mut refusal = String::new();
    let last = waiting.last_mut().expect("there are many");
    last.read_to_string(&mut refusal).await.unwrap();
    assert!(refusal.starts_with("HTTP/1.1 503"), "{refusal}");
    assert!(refusal.contains("ulimit -n"), "{refusal}");
    app.replace("src/main.rs", "v1", "v2");
    app.phase("ready").await;
    drop(waiting);
    loop {
        let response = app.get("/").await;
        if response.status != 503 {
            return response.is(200).says("v2");
        }
    }
}
