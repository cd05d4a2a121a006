//! Compilers and wrappers around them that fail without an error of their own.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt as _;

use gin_tests::{Sandbox, Start};

/// Starts the plain app with a wrapper that runs `script` for the app's crate, as long as the file `fails` exists.
fn with_wrapper(script: &str) -> Start {
    let text = format!(
        "#!/bin/sh\ncase \"$*\" in *'--crate-name app '*) if [ -e '{{}}' ]; then {script}; fi;; esac\nexec \"$@\"\n"
    );
    let project = Sandbox::new("plain").with("fails", "");
    let fails = project.path("fails").display().to_string();
    let project = project.with("wrapper.sh", &text.replace("{}", &fails));
    let wrapper = project.path("wrapper.sh");
    set_permissions(&wrapper, Permissions::from_mode(0o755)).expect("it is ours");
    project.dev().env("RUSTC_WRAPPER", wrapper)
}

#[tokio::test]
async fn a_compiler_that_is_killed_is_reported_with_its_signal() {
    let app = with_wrapper("kill -KILL $$").await;
    let page = app.page("/").await.is(500);
    page.shows("could not compile `app`");
    page.shows("the compiler was killed by signal 9, SIGKILL");
    app.project().remove("fails");
    app.say("v2");
    app.page("/").await.is(200).says("v2");
}

#[tokio::test]
async fn the_last_words_of_a_wrapper_that_fails_are_shown() {
    let words = "wrapper: cannot reach the cache at 10.0.0.7";
    let app = with_wrapper(&format!("echo '{words}' >&2; exit 2")).await;
    let page = app.page("/").await.is(500);
    page.shows("did not build `app`").shows(words);
    page.shows("exit status: 2");
    for accept in ["application/json", "text/markdown", "text/plain"] {
        app.get("/").accept(accept).await.is(500).shows(words);
    }
    app.project().remove("fails");
    app.say("v2");
    app.page("/").await.is(200).says("v2");
}

/// A wrapper that writes very much is not kept whole.
#[tokio::test]
async fn the_words_of_a_wrapper_are_bounded() {
    let flood =
        "i=0; while [ $i -lt 20000 ]; do echo \"line $i of many\" >&2; i=$((i+1)); done; exit 1";
    let app = with_wrapper(flood).await;
    let page = app.page("/").await.is(500);
    page.shows("line 19999 of many");
    assert!(!page.text().contains("line 19000 of many"));
}

/// Bytes that are neither messages of cargo nor text, between the messages.
#[tokio::test]
async fn a_wrapper_that_writes_anything_between_the_messages_harms_no_build() {
    let junk = r#"printf '\377\376 no text\n{"reason":\n{"reason":"compiler-message"}\n[[[[\n' | tee /dev/stderr"#;
    let app = with_wrapper(junk).await;
    app.page("/").await.is(200).says("v1");
    app.edit("src/main.rs", "fn main() { oops }");
    let page = app.page("/").await.is(500);
    page.shows("cannot find value `oops`").shows("1 error");
    app.restore("src/main.rs");
    app.page("/").await.is(200).says("v1");
}

/// A script in the place of cargo, which fails as rustup does while the file names a toolchain that is not installed.
const RUSTUP: &str = "#!/bin/sh
if [ -e rust-toolchain ]; then
    echo \"error: toolchain 'absent' is not installed\" >&2
    echo 'help: run `rustup toolchain install absent` to install it' >&2
    exit 1
fi
exec cargo \"$@\"
";

#[tokio::test]
async fn a_toolchain_that_is_not_installed_is_shown_until_another_is_named() {
    let project = Sandbox::new("plain")
        .with("rust-toolchain", "absent")
        .with("bin/cargo.sh", RUSTUP);
    let cargo = project.path("bin/cargo.sh");
    set_permissions(&cargo, Permissions::from_mode(0o755)).unwrap();
    let app = project.dev().env("CARGO", cargo).await;
    let page = app.page("/").await.is(500);
    page.shows("toolchain 'absent' is not installed");
    page.shows("rustup toolchain install absent");
    app.project().remove("rust-toolchain");
    app.page("/").await.is(200).says("v1");
}

/// A script in the place of cargo, which leaves the list of the program's sources empty, as each cargo does until it has written it again.
const CUT_OFF: &str = "#!/bin/sh
cargo \"$@\" || exit
case \"$1\" in build) : > \"$(dirname \"$0\")/../../target/debug/app.d\";; esac
";

#[tokio::test]
async fn a_list_of_sources_that_another_cargo_has_cut_off_hides_no_save() {
    let project = Sandbox::new("plain").with("bin/cargo.sh", CUT_OFF);
    let cargo = project.path("bin/cargo.sh");
    set_permissions(&cargo, Permissions::from_mode(0o755)).unwrap();
    let app = project.dev().env("CARGO", cargo).await;
    app.get("/").await.is(200).says("v1");
    for version in ["v2", "v3"] {
        app.say(version);
        app.get("/").await.is(200).says(version);
    }
}

#[tokio::test]
async fn flags_of_the_compiler_in_a_variable_count() {
    let main = "fn main() { http::serve(if cfg!(special) { \"v1 special\" } else { \"v1\" }) }";
    for (name, flags) in [
        ("RUSTFLAGS", "--cfg special"),
        ("CARGO_ENCODED_RUSTFLAGS", "--cfg\u{1f}special"),
        ("CARGO_BUILD_RUSTFLAGS", "--cfg special"),
    ] {
        let app = Sandbox::with_main(main).dev().env(name, flags).await;
        app.get("/").await.is(200).says("v1 special");
        app.replace("src/main.rs", "v1 special", "v2 special");
        app.get("/").await.is(200).says("v2 special");
        // The user's own cargo finds all of it built, with the same flags.
        let exit = app.project().cargo_with(&["build"], name, flags).await;
        assert!(!exit.stderr.contains("Compiling"), "{}", exit.stderr);
    }
}
