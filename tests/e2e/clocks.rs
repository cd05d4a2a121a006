//! Clocks that jump: a machine that has slept, or whose clock was wrong before.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use gin_tests::{Dev, Sandbox};

/// The library that shifts the clock of programs by the time in a file. The time that passes since the start goes on.
const LIBRARY: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

const HOUR: Duration = Duration::from_secs(3600);

/// Starts the plain app with a clock of its own, which the compiler, whose allocator does not bear the library, does not have.
async fn start() -> Dev {
    let mut project = Sandbox::new("plain").with("../clock", "+0");
    for program in ["cargo", "rustc"] {
        let path = format!("../bin/{program}");
        let script = format!("#!/bin/sh\nunset LD_PRELOAD\nexec {program} \"$@\"\n");
        project = project.with(&path, &script);
        fs::set_permissions(project.path(&path), Permissions::from_mode(0o755))
            .expect("it is ours");
    }
    let clock = project.path("../clock");
    let (cargo, rustc) = (project.path("../bin/cargo"), project.path("../bin/rustc"));
    let start = project.dev().env("CARGO", cargo).env("RUSTC", rustc);
    let start = start.env("LD_PRELOAD", LIBRARY);
    let start = start.env("FAKETIME_TIMESTAMP_FILE", clock);
    let start = start.env("FAKETIME_NO_CACHE", "1").env("NO_FAKE_STAT", "1");
    start.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").await
}

/// Saves a file at this time of the file system's clock, as a careful editor does.
fn save_at(time: SystemTime, path: &Path, text: &str) {
    let beside = path.with_extension("tmp~");
    fs::write(&beside, text).expect("the file can be written");
    File::open(&beside)
        .expect("it was just written")
        .set_modified(time)
        .expect("its time can be set");
    fs::rename(beside, path).expect("it can be moved");
}

#[cfg_attr(not(has_faketime), ignore = "there is no libfaketime here")]
#[tokio::test]
async fn a_save_after_the_clock_went_back_is_built() {
    let app = start().await;
    app.get("/").await.is(200).says("v1");
    app.project().edit("../clock", "-1h");
    save_at(
        SystemTime::now() - HOUR,
        &app.project().path("src/main.rs"),
        "fn main() { http::serve(\"v2\") }",
    );
    app.get("/").await.is(200).says("v2");
    // Cargo has built the library before the clock went back, and only that.
    let library = app.project().path("../http/src/lib.rs");
    let code = fs::read_to_string(&library).unwrap();
    let code = code.replacen("HTTP/1.1 200", "HTTP/1.1 201", 1);
    save_at(SystemTime::now() - HOUR / 2, &library, &code);
    app.get("/").await.is(201).says("v2");
}

#[cfg_attr(not(has_faketime), ignore = "there is no libfaketime here")]
#[tokio::test]
async fn a_machine_that_slept_goes_on() {
    let app = start().await;
    app.get("/").await.is(200).says("v1");
    let mut events = app.get("/__gin/events").stream().await;
    events.receives("\"ready\"").await;
    app.project().edit("../clock", "+9h");
    app.get("/").await.is(200).says("v1");
    assert_eq!(app.status().await["build"], 1, "nothing was to be built");
    for text in ["v2", "v3"] {
        app.say(text);
        app.get("/").await.is(200).says(text);
    }
    events.receives("\"build\":3").await;
}
