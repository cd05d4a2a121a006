//! Notifications on the desktop.

use gin_tests::Sandbox;

use crate::keys::program;

const GOOD: &str = "fn main() { http::serve(\"v1\") }";
const BROKEN: &str = "fn main() { broken }";

#[tokio::test]
async fn a_failure_and_its_end_are_shown_on_the_desktop() {
    let project = Sandbox::with_main(GOOD);
    let line = "echo \"$3\" >>../shown; echo \"shown $3 ($4).\" >\"$SCREEN\"";
    program(&project, "notify-send", line);
    let terminal = project.start_at_terminal(&["dev", "--port", "0", "--notifications"]);
    terminal.shows("ready").await;
    project.edit("src/main.rs", BROKEN);
    terminal.shows("shown 1 error (app).").await;
    project.edit("src/main.rs", GOOD);
    terminal.shows("shown app works again ().").await;
    terminal.types("q");
    assert_eq!(terminal.wait().await.code, 0);
    assert_eq!(project.read("../shown"), "1 error\napp works again\n");
}

#[tokio::test]
async fn a_desktop_that_shows_nothing_is_reported_once() {
    let project = Sandbox::with_main(BROKEN);
    program(
        &project,
        "notify-send",
        "echo called >>../called; echo no bus >&2; exit 1",
    );
    let terminal = project.start_at_terminal(&["dev", "--port", "0", "--notifications"]);
    let refused = "no more notifications: `notify-send` failed: no bus";
    terminal.shows(refused).await;
    project.edit("src/main.rs", GOOD);
    terminal.shows("ready").await;
    assert_eq!(project.read("../called"), "called\n");
}
