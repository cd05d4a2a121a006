//! Early programs of `--fast`: the app starts before its program is linked as a whole, and behaves as if it were.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use gin_tests::{Dev, Response, Sandbox};

use crate::fast::is_up_to_date;

/// The edits in which an app must have started early at least once: a base is made after the first without cargo.
const EDITS: usize = 40;

/// An app that says a version, whether it is early, and how its checks have ended.
fn main(version: &str, items: &str, checks: &str) -> String {
    format!(
        "{items}
fn checks() -> Option<&'static str> {{ {checks} None }}

fn main() {{
    let path = std::env::current_exe().unwrap();
    let is_early = path.extension().is_some_and(|name| name == \"early\");
    let text = format!(\"{version} early: {{is_early}} wrong: {{:?}}\", checks());
    if std::env::args().any(|arg| arg == \"--print\") {{
        return println!(\"{{text}}\");
    }}
    http::serve(text.leak())
}}
"
    )
}

/// Edits the app until it starts early, and checks each response. Returns the version.
async fn edit_until_early(app: &Dev, main: impl Fn(&str) -> String) -> String {
    for number in 1..=EDITS {
        let version = format!("edit{number}");
        app.edit("src/main.rs", &main(&version));
        let text = app.get("/").await.is(200).text();
        assert!(text.starts_with(&version), "{text}");
        assert!(text.ends_with("wrong: None"), "{text}");
        if is_early(&text) {
            return version;
        }
    }
    panic!("the app has not started early in {EDITS} edits");
}

/// Checks that the app is right and complete at each start.
async fn is_never_early(app: &Dev, main: impl Fn(&str) -> String) {
    app.get("/").await.is(200).shows("wrong: None");
    for number in 1..=6 {
        let version = format!("edit{number}");
        app.edit("src/main.rs", &main(&version));
        let expected = format!("{version} early: false wrong: None");
        app.get("/").await.is(200).says(&expected);
        is_up_to_date(app).await;
    }
}

fn is_early(text: &str) -> bool {
    text.contains("early: true")
}

/// Adds a crate `state` with this source, which the app depends on.
fn with_state(project: Sandbox, source: &str) -> Sandbox {
    let manifest = project.read("Cargo.toml") + "state = { path = \"../state\" }\n";
    project
        .with("Cargo.toml", &manifest)
        .with(
            "../state/Cargo.toml",
            "[package]\nname = \"state\"\nedition = \"2024\"\n",
        )
        .with("../state/src/lib.rs", source)
}

/// Puts a `cc` before the real one, which does this at the link of a complete program while `../bin/held` is there. Returns the `PATH`.
fn linker(project: &Sandbox, action: &str) -> String {
    let path = std::env::var("PATH").expect("PATH is set");
    let held = project.path("../bin/held").display().to_string();
    let text = format!(
        "#!/bin/sh\ncase \"$*\" in *' -o '*/deps/app-*)\n\
         while test -e '{held}'; do {action}; done;;\nesac\nPATH='{path}' exec cc \"$@\"\n"
    );
    project.edit("../bin/cc", &text);
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(project.path("../bin/cc"), mode).expect("the mode can be set");
    format!("{}:{path}", project.path("../bin").display())
}

#[tokio::test]
async fn an_app_starts_before_its_program_is_complete() {
    let main = |version: &str| main(version, "", "");
    let project = Sandbox::with_main(&main("edit0"));
    let path = linker(&project, "sleep 0.01");
    let app = project.dev().arg("--fast").env("PATH", path).await;
    app.get("/").await.is(200).shows("wrong: None");
    edit_until_early(&app, main).await;
    app.project().edit("../bin/held", "");
    for version in ["held1", "held2"] {
        app.edit("src/main.rs", &main(version));
        let text = app.get("/").await.is(200).text();
        assert!(text.starts_with(version) && is_early(&text), "{text}");
    }
    // Cargo waits for the program, and has nothing to do then.
    let release = async { app.project().remove("../bin/held") };
    tokio::join!(is_up_to_date(&app), release);
    let program = app.project().path("../target/debug/app");
    let output = std::process::Command::new(program).arg("--print").output();
    let text = output.expect("it can be started").stdout;
    let text = String::from_utf8_lossy(&text);
    assert!(text.starts_with("held2 early: false"), "{text}");
    // What cargo has left alone runs on.
    let id = app.get("/pid").await.text();
    app.edit("Cargo.toml", &(app.project().read("Cargo.toml") + "\n"));
    app.settled().await;
    assert_eq!(app.get("/pid").await.text(), id);
}

#[tokio::test]
async fn an_early_program_has_one_of_everything() {
    let project = with_state(Sandbox::with_main(&main("edit0", ITEMS, CHECKS)), STATE);
    let app = project.dev().arg("--fast").await;
    app.get("/").await.is(200).shows("wrong: None");
    edit_until_early(&app, |version| main(version, ITEMS, CHECKS)).await;
    is_up_to_date(&app).await;
    // A library that is edited is none of what stays as it is.
    for number in 1..=EDITS {
        let state = STATE.replace("a thing", &format!("thing {number}"));
        app.edit("../state/src/lib.rs", &state);
        let text = app.get("/").await.is(200).text();
        assert!(text.ends_with("wrong: None"), "{text}");
        let thing = app.get("/env/THING").await.text();
        assert_eq!(thing, format!("thing {number}"));
        if is_early(&text) {
            return;
        }
    }
    panic!("the app has not started early in {EDITS} edits");
}

#[tokio::test]
async fn a_library_that_is_one_of_c_as_well_is_of_no_harm() {
    let checks = "if state::number() != 7 { return Some(\"number\"); }";
    let main = |version: &str| main(version, "", checks);
    let project = Sandbox::with_main(&main("edit0"));
    let dependency = project.read("Cargo.toml") + "state = \"1\"\n";
    let project = project.with("Cargo.toml", &dependency);
    for (path, text) in [
        (
            ".cargo/config.toml",
            "[source]\ncrates-io.replace-with = \"ours\"\nours.directory = \"registry\"\n",
        ),
        (
            "registry/state/Cargo.toml",
            "[package]\nname = \"state\"\nversion = \"1.0.0\"\n[lib]\ncrate-type = [\"lib\", \"cdylib\"]\n",
        ),
        (
            "registry/state/src/lib.rs",
            "pub fn number() -> u32 { 7 }\n",
        ),
        ("registry/state/.cargo-checksum.json", "{\"files\": {}}"),
    ] {
        project.edit(&format!("../{path}"), text);
    }
    let app = project.dev().arg("--fast").await;
    app.get("/").await.is(200).shows("wrong: None");
    edit_until_early(&app, main).await;
}

/// Things of which a program in two parts may have two.
const STATE: &str = r#"
use std::any::Any;
use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

pub static COUNT: AtomicU32 = AtomicU32::new(0);
pub static TEXT: &str = "a thing";

thread_local! {
    pub static LOCAL: Cell<u32> = const { Cell::new(0) };
    pub static LAZY: String = TEXT.to_owned();
}

pub struct Thing;

#[inline]
pub fn count() -> u32 {
    COUNT.fetch_add(1, Ordering::SeqCst)
}

pub fn generic_count<T>(_: T) -> u32 {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    COUNT.fetch_add(1, Ordering::SeqCst)
}

pub fn generic_count_here() -> u32 {
    generic_count(1_u8)
}

pub fn local() -> u32 {
    LOCAL.get()
}

pub fn thing() -> Box<dyn Any> {
    Box::new(Thing)
}

pub fn allocate() -> Vec<u8> {
    std::hint::black_box(vec![1; 100])
}

pub fn boom() {
    panic!("boom {}", TEXT.len())
}

#[inline(never)]
pub fn trace() -> String {
    std::backtrace::Backtrace::force_capture().to_string()
}
"#;

const ITEMS: &str = r"
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU32, Ordering};

struct Counting;

static ALLOCATED: AtomicU32 = AtomicU32::new(0);

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.fetch_add(1, Ordering::SeqCst);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;
";

const CHECKS: &str = r#"
    unsafe { std::env::set_var("THING", state::TEXT) };
    let before = state::count();
    if state::COUNT.load(Ordering::SeqCst) != before + 1 {
        return Some("a static");
    }
    let counts = [state::generic_count(1_u16), state::generic_count_here(), state::generic_count("")];
    if counts[1] != counts[0] + 1 || counts[2] != counts[1] + 1 {
        return Some("a static of a generic function");
    }
    state::LOCAL.set(7);
    if state::local() != 7 || state::LAZY.with(|text| text != state::TEXT) {
        return Some("a static of a thread");
    }
    if !state::thing().is::<state::Thing>() {
        return Some("the identity of a type");
    }
    let before = ALLOCATED.load(Ordering::SeqCst);
    drop(state::allocate());
    if ALLOCATED.load(Ordering::SeqCst) == before {
        return Some("the allocator");
    }
    let caught = std::panic::catch_unwind(state::boom).unwrap_err();
    if !caught.downcast_ref::<String>().is_some_and(|text| text.starts_with("boom")) {
        return Some("a panic");
    }
    let trace = state::trace();
    let places = ["trace", "state/src/lib.rs:", "checks", "src/main.rs:"];
    if !places.iter().all(|place| trace.contains(place)) {
        return Some("a backtrace");
    }
    let name = std::path::PathBuf::from(std::env::args().next().unwrap());
    if name.file_name().unwrap() != "app" || name.parent() != std::env::current_exe().unwrap().parent() {
        return Some("the name");
    }
"#;

#[tokio::test]
async fn a_program_that_the_linker_knows_as_a_whole_is_complete_at_its_start() {
    let items = r#"
#[used]
#[unsafe(link_section = "gin_things")]
static THING: u32 = 5;
unsafe extern "C" {
    static __start_gin_things: u32;
    static __stop_gin_things: u32;
}
"#;
    let checks = "
    let things = unsafe { (&raw const __stop_gin_things).offset_from(&raw const __start_gin_things) };
    if things < 1 { return Some(\"the section\") }
";
    let project = Sandbox::with_main(&main("edit0", items, checks));
    let app = project.dev().arg("--fast").await;
    is_never_early(&app, |version| main(version, items, checks)).await;
}

#[tokio::test]
async fn a_program_whose_library_calls_it_back_by_name_is_complete_at_its_start() {
    // Shared libraries of the system would see the name.
    let state = "
pub fn call_back() -> u32 {
    unsafe extern \"C\" { safe fn called_back() -> u32; }
    called_back()
}
";
    let items = "#[unsafe(no_mangle)]\nextern \"C\" fn called_back() -> u32 { 42 }\n";
    let checks = "if state::call_back() != 42 { return Some(\"the call\") }";
    let project = with_state(Sandbox::with_main(&main("edit0", items, checks)), state);
    let app = project.dev().arg("--fast").await;
    is_never_early(&app, |version| main(version, items, checks)).await;
}

#[tokio::test]
async fn a_complete_link_that_fails_is_a_notice() {
    let main = |version: &str| main(version, "", "");
    let project = Sandbox::with_main(&main("edit0"));
    let path = linker(&project, "exit 1");
    let app = project.dev().arg("--fast").env("PATH", path).await;
    app.get("/").await.is(200).shows("wrong: None");
    edit_until_early(&app, main).await;
    app.project().edit("../bin/held", "");
    app.edit("src/main.rs", &main("broken"));
    app.get("/").await.is(200).shows("broken early: true");
    let is_notice = |event: &serde_json::Value| {
        let text = event["text"].as_str().unwrap_or_default();
        event["event"] == "notice" && text.contains("`app` could not be linked as a whole")
    };
    app.events.find("the notice", is_notice).await;
    app.edit("src/main.rs", &main("reported"));
    app.page("/")
        .await
        .is(500)
        .shows("linking with `cc` failed");
    app.project().remove("../bin/held");
    app.edit("src/main.rs", &main("mended"));
    app.get("/").await.is(200).shows("mended");
    is_up_to_date(&app).await;
}

#[tokio::test]
async fn code_that_runs_before_main_runs_once() {
    let state = "
pub static RUNS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
#[used]
#[unsafe(link_section = \".init_array\")]
static RUN: extern \"C\" fn() = run;
extern \"C\" fn run() { RUNS.fetch_add(1, std::sync::atomic::Ordering::SeqCst); }
";
    let checks =
        "if state::RUNS.load(std::sync::atomic::Ordering::SeqCst) != 1 { return Some(\"runs\") }";
    let project = with_state(Sandbox::with_main(&main("edit0", "", checks)), state);
    let app = project.dev().arg("--fast").await;
    app.get("/").await.is(200).shows("wrong: None");
    edit_until_early(&app, |version| main(version, "", checks)).await;
}

#[tokio::test]
async fn an_edit_that_needs_more_of_a_library_is_built() {
    // Each of these takes parts of the standard library that a small server does not have.
    let uses = [
        "std::process::Command::new(\"true\").status().unwrap();",
        "std::net::UdpSocket::bind(\"127.0.0.1:0\").unwrap();",
        "drop(std::env::temp_dir().read_dir());",
        "let (tx, rx) = std::sync::mpsc::channel(); tx.send(1.5_f64).unwrap(); assert_eq!(format!(\"{:e}\", rx.recv().unwrap()), \"1.5e0\");",
        "assert_eq!(\"ὈΔΥΣΣΕΎΣ\".to_lowercase(), \"ὀδυσσεύς\");",
        "assert_eq!(\"1e300\".parse::<f64>().unwrap().to_string().len(), 301);",
    ];
    let project = Sandbox::with_main(&main("edit0", "", ""));
    let app = project.dev().arg("--fast").await;
    app.get("/").await.is(200).shows("wrong: None");
    edit_until_early(&app, |version| main(version, "", "")).await;
    for number in 1..=uses.len() {
        let version = format!("use{number}");
        app.edit("src/main.rs", &main(&version, "", &uses[..number].concat()));
        let text = app.get("/").await.is(200).text();
        assert!(text.starts_with(&version), "{text}");
        assert!(text.ends_with("wrong: None"), "{text}");
    }
    is_up_to_date(&app).await;
    edit_until_early(&app, |version| main(version, "", &uses.concat())).await;
}

#[tokio::test]
async fn a_hook_before_the_start_sees_the_complete_program() {
    let project = Sandbox::with_main(&main("edit0", "", ""));
    let hook = "\n[package.metadata.gin]\non = { start = \"sh print.sh\" }\n";
    let manifest = project.read("Cargo.toml") + hook;
    let project = project
        .with("Cargo.toml", &manifest)
        .with("print.sh", "exec ../target/debug/app --print > ../printed");
    let app = project.dev().arg("--fast").await;
    app.get("/").await.is(200).shows("wrong: None");
    for number in 1..=4 {
        let version = format!("edit{number}");
        app.edit("src/main.rs", &main(&version, "", ""));
        let expected = format!("{version} early: false wrong: None");
        app.get("/").await.is(200).says(&expected);
        assert_eq!(app.project().read("../printed").trim_end(), expected);
    }
}

#[tokio::test]
async fn a_base_that_is_gone_or_cut_off_is_made_again() {
    let main = |version: &str| main(version, "", "");
    let project = Sandbox::with_main(&main("edit0"));
    let app = project.dev().arg("--fast").await;
    app.get("/").await.is(200).shows("wrong: None");
    for damage in [cut_off as fn(&std::path::Path), remove] {
        edit_until_early(&app, main).await;
        is_up_to_date(&app).await;
        let directory = app.project().path("../target/debug/gin-early");
        let bases = fs::read_dir(directory).expect("there is one");
        for base in bases.flatten() {
            let files = fs::read_dir(base.path()).expect("it can be read").flatten();
            for path in files.map(|file| file.path()).filter(|path| path.is_file()) {
                damage(&path);
            }
        }
    }
    app.edit("src/main.rs", &main("last"));
    let response: Response = app.get("/").await.is(200);
    assert!(response.text().starts_with("last"), "{}", response.text());
}

/// Cuts a file off, in another one under its name: the app that runs has the old one.
fn cut_off(path: &std::path::Path) {
    let data = fs::read(path).expect("it can be read");
    remove(path);
    fs::write(path, &data[..data.len() / 2]).expect("it can be written");
}

fn remove(path: &std::path::Path) {
    fs::remove_file(path).expect("it can be removed");
}
