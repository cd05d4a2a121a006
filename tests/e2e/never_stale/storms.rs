//! Storms: a thousand files that change one after the other.

use std::sync::Arc;
use std::thread;

use gin_tests::{Dev, Sandbox};

/// Threads that keep the machine busy until this is dropped.
struct Load(Arc<()>);

impl Load {
    fn new() -> Load {
        let load = Load(Arc::new(()));
        for _ in 0..4 {
            let alive = Arc::downgrade(&load.0);
            thread::spawn(move || while alive.strong_count() > 0 {});
        }
        load
    }
}

/// Returns the names of the app's thousand modules.
fn names() -> Vec<String> {
    (0..1000).map(|number| format!("m{number}")).collect()
}

fn module(text: &str) -> String {
    format!("pub const TEXT: &str = \"{text}\";\n")
}

/// Starts an app that responds with the texts of a thousand modules.
async fn many() -> Dev {
    let names = names();
    let modules = format!("mod {};\n", names.join("; mod "));
    let texts = names.join("::TEXT, ");
    let main = format!("fn main() {{ http::serve([{texts}::TEXT].concat().leak()) }}\n{modules}");
    let project = Sandbox::with_main(&main);
    for name in &names {
        project.edit(&format!("src/{name}.rs"), &module("v1"));
    }
    let app = project.dev().await;
    app.get("/").await.is(200).says(&"v1".repeat(1000));
    app
}

/// Changes all modules by `change`, and expects new code after at most two attempts.
async fn takes_two_attempts(app: &Dev, text: &str, change: impl Fn(&Sandbox, &str)) {
    let before = app.settled().await;
    let project = app.project();
    for name in names() {
        change(project, &format!("src/{name}.rs"));
    }
    app.get("/").await.is(200).says(&text.repeat(1000));
    let attempts = app.settled().await - before;
    assert!(
        (1..=2).contains(&attempts),
        "{attempts} attempts for {text}"
    );
}

/// Writes all modules in place, by renaming, and as git does, which deletes each file first.
async fn each_way_takes_two_attempts(app: &Dev) {
    takes_two_attempts(app, "v2", |project, path| {
        project.edit(path, &module("v2"));
    })
    .await;
    takes_two_attempts(app, "v3", |project, path| {
        project.save_atomically(path, &module("v3"));
    })
    .await;
    takes_two_attempts(app, "v4", |project, path| {
        project.remove(path);
        project.edit(path, &module("v4"));
    })
    .await;
}

#[tokio::test]
async fn a_thousand_files_written_one_by_one_are_one_attempt_or_two() {
    each_way_takes_two_attempts(&many().await).await;
}

#[tokio::test]
async fn a_thousand_files_are_one_attempt_or_two_on_a_busy_machine() {
    let app = many().await;
    let load = Load::new();
    each_way_takes_two_attempts(&app).await;
    drop(load);
}
