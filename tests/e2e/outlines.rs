//! Outlines of `--fast`: a program is compiled while its libraries still are, and linked once they are complete.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use gin_tests::{Sandbox, Start};

use crate::fast::is_up_to_date;

/// An error that only the code generator finds, after the metadata is written.
const LATE: &str = "pub fn broken() { unsafe { std::arch::asm!(\"no_such_instruction\") } }\n";

/// Starts the app with a wrapper of rustc. While `../bin/held` is there, the compiler of the library ends after this event of the
/// program's compiler: `started` or `ended`.
fn held_until(event: &str) -> Start {
    let project = Sandbox::new("plain");
    let directory = project.path("../bin").display().to_string();
    let text = format!(
        "#!/bin/sh
case \"$*\" in
*'--crate-name http '*) \"$@\"; code=$?
    while test -e '{directory}/held' && ! test -e '{directory}/{event}'; do sleep 0.01; done;;
*'--crate-name app '*) touch '{directory}/started'; \"$@\"; code=$?; touch '{directory}/ended';;
*) exec \"$@\";;
esac
exit $code
"
    );
    project.edit("../bin/wrapper", &text);
    let wrapper = project.path("../bin/wrapper");
    fs::set_permissions(&wrapper, Permissions::from_mode(0o755)).expect("the mode can be set");
    project.dev().arg("--fast").env("RUSTC_WRAPPER", wrapper)
}

/// Has the compiler of the library wait for the event.
fn hold(project: &Sandbox) {
    for event in ["started", "ended"] {
        project.remove(&format!("../bin/{event}"));
    }
    project.edit("../bin/held", "");
}

#[tokio::test]
async fn a_program_is_compiled_while_its_library_is() {
    let app = held_until("started").await;
    app.get("/").await.is(200).says("v1");
    let library = app.project().read("../http/src/lib.rs");
    for number in 1..=4 {
        hold(app.project());
        let library = format!("{library}pub const NUMBER: &str = \"number {number}\";\n");
        app.project().edit("../http/src/lib.rs", &library);
        app.edit("src/main.rs", "fn main() { http::serve(http::NUMBER) }");
        let expected = format!("number {number}");
        app.get("/").await.is(200).says(&expected);
        app.project().remove("../bin/held");
        is_up_to_date(&app).await;
    }
}

#[tokio::test]
async fn a_library_that_fails_late_is_all_that_is_shown() {
    let app = held_until("ended").await;
    app.get("/").await.is(200).says("v1");
    let library = app.project().read("../http/src/lib.rs");
    for _ in 0..2 {
        hold(app.project());
        app.project()
            .edit("../http/src/lib.rs", &format!("{library}{LATE}"));
        app.edit("src/main.rs", "fn main() { http::serve(oops) }");
        let page = app.page("/").await.is(500).text();
        assert!(page.contains("no_such_instruction"), "{page}");
        assert!(!page.contains("oops"), "{page}");
        // The program's own error comes once the library is complete.
        hold(app.project());
        app.edit("../http/src/lib.rs", &library);
        app.page("/")
            .await
            .is(500)
            .shows("cannot find value `oops`");
        app.project().remove("../bin/held");
        app.restore("src/main.rs");
        app.get("/").await.is(200).says("v1");
        is_up_to_date(&app).await;
    }
}

#[tokio::test]
async fn a_newer_save_ends_both_compilers() {
    let app = held_until("never").await;
    app.get("/").await.is(200).says("v1");
    let library = app.project().read("../http/src/lib.rs");
    hold(app.project());
    app.edit("../http/src/lib.rs", &format!("{library}\n"));
    while !app.project().path("../bin/started").exists() {
        tokio::task::yield_now().await;
    }
    app.project().remove("../bin/held");
    app.edit("../http/src/lib.rs", &format!("{library}\n\n"));
    app.get("/").await.is(200).says("v1");
    is_up_to_date(&app).await;
}
