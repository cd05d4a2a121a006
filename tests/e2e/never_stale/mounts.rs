//! Mounts over a directory of the sources.

use std::path::Path;
use std::process::Command;

use gin_tests::{Dev, Sandbox};

/// Removes a mount of the dev server's namespace.
fn unmount(app: &Dev, directory: &Path) {
    let processes = app.processes();
    let server = processes.iter().find(|process| process.name == "cargo-gin");
    let server = server.expect("the dev server runs").id.to_string();
    let unmounted = Command::new("nsenter")
        .args(["--user", "--mount", "--target", &server, "umount"])
        .arg(directory)
        .status()
        .expect("nsenter can be started");
    assert!(unmounted.success(), "the mount cannot be removed");
}

#[cfg_attr(not(has_namespaces), ignore = "there are no user namespaces here")]
#[tokio::test]
async fn a_mount_over_the_sources_that_goes_away_counts() {
    let project =
        Sandbox::new("plain").with("../over/main.rs", "fn main() { http::serve(\"v2\") }");
    let sources = project.path("src");
    let mount = "mount --bind ../over src && exec \"$0\" \"$@\"";
    let app = project.dev().limited(mount).await;
    app.get("/").await.is(200).says("v2");
    // The mount hides this edit from the dev server, whose namespace is its own.
    app.edit("src/main.rs", "fn main() { http::serve(\"v3\") }");
    app.get("/").await.is(200).says("v2");
    unmount(&app, &sources);
    app.get("/").await.is(200).says("v3");
    app.edit("src/main.rs", "fn main() { http::serve(\"v4\") }");
    app.get("/").await.is(200).says("v4");
}

#[cfg_attr(not(has_namespaces), ignore = "there are no user namespaces here")]
#[tokio::test]
async fn a_mount_that_goes_away_straight_after_another_counts() {
    let build = "fn main() { println!(\"cargo::rerun-if-changed=many\") }";
    let project = Sandbox::new("plain")
        .with("build.rs", build)
        .with("../over/main.rs", "fn main() { http::serve(\"v2\") }");
    for number in 0..5_000 {
        project.edit(&format!("many/{number}"), "");
    }
    let sources = project.path("src");
    // The comparison after the first one is so long that the next one has to wait.
    let mounts = "mount --bind ../over src && mount --bind ../over ../over && exec \"$0\" \"$@\"";
    let other = project.path("../over");
    let app = project.dev().limited(mounts).await;
    app.edit("src/main.rs", "fn main() { http::serve(\"v3\") }");
    app.get("/").await.is(200).says("v2");
    unmount(&app, &other);
    app.get("/").await.is(200).says("v2");
    unmount(&app, &sources);
    app.get("/").await.is(200).says("v3");
}
