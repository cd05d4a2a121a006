//! Mounts over a directory of the sources.

use std::process::Command;

use gin_tests::Sandbox;

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
    let processes = app.processes();
    let server = processes.iter().find(|process| process.name == "cargo-gin");
    let server = server.expect("the dev server runs").id.to_string();
    let unmounted = Command::new("nsenter")
        .args(["--user", "--mount", "--target", &server, "umount"])
        .arg(sources)
        .status()
        .expect("nsenter can be started");
    assert!(unmounted.success(), "the mount cannot be removed");
    app.get("/").await.is(200).says("v3");
    app.edit("src/main.rs", "fn main() { http::serve(\"v4\") }");
    app.get("/").await.is(200).says("v4");
}
