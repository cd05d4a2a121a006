//! Paths that lead out of a directory, and entries that are not files.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;

use gin::files::Dir;
use gin::prelude::*;
use gin::testing::Client;
use nix::sys::stat::Mode;
use nix::unistd::{Uid, mkfifo};

use crate::files::{Site, body};
use crate::wire::{Running, status};

#[tokio::test]
async fn no_spelling_of_a_path_leaves_the_directory() {
    let site = Site::new(&[("a.txt", "inside"), ("sub/b.txt", "inside")]);
    let app = Group::new("")
        .files("/files", site.dir().listing().dotfiles())
        .spa("/", site.dir());
    let server = Running::new(app).await;
    assert_eq!(body(&server.get("/files/a.txt").await), "inside");
    let out = [
        "../secret",
        "sub/../../secret",
        "%2e%2e/secret",
        ".%2e/secret",
        "%2E%2E%2Fsecret",
        "..%2fsecret",
        "..%252fsecret",
        "%252e%252e/secret",
        "..\\secret",
        "..%5csecret",
        "%2e%2e%5csecret",
        "..;/secret",
        "..%00/secret",
        "a.txt%00/../../secret",
        "%c0%ae%c0%ae/secret",
        "%c0%ae%c0%ae%c0%afsecret",
        "%e0%80%ae%e0%80%ae/secret",
        "..%c0%afsecret",
        "..%ef%bc%8fsecret",
        ".../secret",
        "....//secret",
        "..//secret",
        "/../secret",
        "./../secret",
        "%2fetc%2fpasswd",
        "/etc/passwd",
        "../../../../../../../../etc/passwd",
        "..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "c:%5cwindows%5cwin.ini",
        "file:///etc/passwd",
        "~root/.profile",
    ];
    for path in out {
        for prefix in ["/files/", "/"] {
            let target = format!("{prefix}{path}");
            let response = server.get(&target).await;
            let found = status(&response);
            assert!(
                matches!(found, "400" | "403" | "404"),
                "{target}: {response}"
            );
            assert!(!response.contains("the secret"), "{target}: {response}");
            assert!(!response.contains("root:"), "{target}: {response}");
        }
    }
    server.ended().await;
}

#[tokio::test]
async fn a_nul_in_a_path_finds_no_file() {
    let site = Site::new(&[("a.txt", "inside")]);
    let server = Running::new(Group::new("").files("/", site.dir())).await;
    for path in ["/a.txt%00", "/a.txt%00.css", "/%00", "/%00/a.txt"] {
        assert_eq!(status(&server.get(path).await), "404", "{path}");
    }
    let long = "x".repeat(5_000);
    assert_eq!(status(&server.get(&format!("/{long}")).await), "404");
    server.ended().await;
}

#[tokio::test]
async fn symlinks_are_followed_inside_the_directory_only() {
    let site = Site::new(&[("a/b.txt", "inside"), ("a/index.html", "page")]);
    for (target, link) in [
        ("a", "in"),
        ("a/b.txt", "file"),
        ("../a/b.txt", "a/up"),
        ("../secret", "out"),
        ("..", "above"),
        ("/etc", "etc"),
        ("/dev/zero", "zero"),
        ("loop", "loop"),
        ("two", "one"),
        ("one", "two"),
        ("nowhere", "broken"),
        ("/proc/self/cwd", "magic"),
    ] {
        symlink(target, site.root().join(link)).expect("there is room");
    }
    let server = Running::new(Group::new("").files("/", site.dir().listing())).await;
    for path in ["/in/b.txt", "/file", "/a/up"] {
        assert_eq!(body(&server.get(path).await), "inside", "{path}");
    }
    for path in [
        "/out",
        "/above/secret",
        "/above/",
        "/etc/passwd",
        "/etc/",
        "/zero",
        "/loop",
        "/one",
        "/broken",
        "/magic/",
    ] {
        let response = server.get(path).await;
        assert_eq!(status(&response), "404", "{path}: {response}");
    }
    server.ended().await;
}

#[tokio::test]
async fn pipes_sockets_and_devices_are_not_files() {
    let site = Site::new(&[("a.txt", "inside")]);
    mkfifo(&site.root().join("pipe"), Mode::S_IRWXU).expect("there is room");
    let _socket = UnixListener::bind(site.root().join("socket")).expect("there is room");
    let app = Group::new("")
        .files("/", site.dir())
        .files("/dev", Dir::new("/dev"));
    let server = Running::new(app).await;
    for path in ["/pipe", "/socket", "/dev/zero", "/dev/null", "/dev/tty"] {
        assert_eq!(status(&server.get(path).await), "404", "{path}");
    }
    server.ended().await;
}

#[tokio::test]
async fn names_that_start_with_a_dot_are_hidden() {
    let site = Site::new(&[
        (".env", "hidden"),
        (".git/config", "hidden"),
        ("a/.htpasswd", "hidden"),
        (".well-known/security.txt", "known"),
        ("a/.well-known/x", "hidden"),
    ]);
    let client = Client::new(Group::new("").files("/", site.dir()));
    for path in [
        "/.env",
        "/.git/config",
        "/a/.htpasswd",
        "/%2eenv",
        "/a/.well-known/x",
    ] {
        client.get(path).await.is(404);
    }
    client
        .get("/.well-known/security.txt")
        .await
        .is(200)
        .has_text("known");
    let client = Client::new(Group::new("").files("/", site.dir().dotfiles()));
    client.get("/.env").await.is(200).has_text("hidden");
}

/// Checks that one error is recorded for the log.
async fn noted(cx: &mut Context, next: Next<'_>) -> Response {
    let response = next.run(cx).await;
    assert_eq!(cx.errors().len(), 1);
    response
}

#[tokio::test]
async fn a_file_that_may_not_be_read_is_missing_for_the_client_and_an_error_in_the_log() {
    if Uid::effective().is_root() {
        eprintln!("skipped: root may read everything");
        return;
    }
    let site = Site::new(&[("a.txt", "inside")]);
    let path = site.root().join("a.txt");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).expect("it is ours");
    let app = Group::new("").with(noted).files("/", site.dir());
    Client::new(app).get("/a.txt").await.is(404);
}

async fn open(cx: &mut Context) -> gin::Result<gin::files::File> {
    let path = cx.query("path").unwrap_or_default().into_owned();
    let dir = cx.state::<Dir>().expect("it is given").clone();
    dir.open(&path).await
}

#[tokio::test]
async fn a_path_from_a_client_cannot_leave_the_directory_in_a_handler_either() {
    let site = Site::new(&[("a/b.txt", "inside")]);
    symlink("../secret", site.root().join("out")).expect("there is room");
    let client = Client::new(Group::new("").state(site.dir()).get("/", open));
    client
        .get("/?path=a/b.txt")
        .await
        .is(200)
        .has_text("inside");
    client
        .get("/?path=/a/b.txt")
        .await
        .is(200)
        .has_text("inside");
    for path in [
        "../secret",
        "/etc/passwd",
        "a/../../secret",
        "out",
        "",
        "/",
        "a",
        "a/",
        "%00",
        "a%5Cb.txt",
    ] {
        client.get(&format!("/?path={path}")).await.is(404);
    }
    assert!(Path::new("/etc/passwd").exists());
}
