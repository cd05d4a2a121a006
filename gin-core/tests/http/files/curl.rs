//! Files for curl.

use std::net::SocketAddr;
use std::process::Stdio;

use gin::prelude::*;
use tokio::process::Command;

use crate::files::Site;
use crate::wire::Running;

/// Runs curl on a path and returns its output, or `None` if it is not installed.
async fn curl(address: SocketAddr, path: &str, arguments: &[&str]) -> Option<Vec<u8>> {
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--fail", "--noproxy", "*"]);
    command
        .args(arguments)
        .arg(format!("http://{address}{path}"));
    match command.stderr(Stdio::inherit()).output().await {
        Ok(output) => {
            assert!(output.status.success(), "curl {arguments:?}: {output:?}");
            Some(output.stdout)
        }
        Err(error) => {
            eprintln!("skipped: curl does not start: {error}");
            None
        }
    }
}

#[tokio::test]
async fn curl_gets_parts() {
    let site = Site::new(&[("file", "0123456789")]);
    let server = Running::new(Group::new("").files("/", site.dir())).await;
    for (range, expected) in [("2-4", "234"), ("7-", "789"), ("-1", "9")] {
        let Some(output) = curl(server.address, "/file", &["--range", range]).await else {
            return;
        };
        assert_eq!(output, expected.as_bytes(), "{range}");
    }
    let begun = site.root().join("begun");
    std::fs::write(&begun, "0123").expect("there is room");
    let output = begun.to_str().expect("it is UTF-8");
    curl(
        server.address,
        "/file",
        &["--continue-at", "-", "--output", output],
    )
    .await;
    let resumed = std::fs::read_to_string(&begun).expect("it is there");
    assert_eq!(resumed, "0123456789");
    server.ended().await;
}

#[tokio::test]
async fn curl_decompresses_a_sibling() {
    let site = Site::new(&[("app.js", "plain")]);
    let gzip = Command::new("gzip")
        .args(["--keep", "--force"])
        .arg(site.root().join("app.js"))
        .status()
        .await;
    if !gzip.is_ok_and(|status| status.success()) {
        eprintln!("skipped: gzip does not start");
        return;
    }
    let server = Running::new(Group::new("").files("/", site.dir())).await;
    let arguments = [
        "--compressed",
        "--include",
        "--header",
        "accept-encoding: gzip",
    ];
    if let Some(output) = curl(server.address, "/app.js", &arguments).await {
        let output = String::from_utf8_lossy(&output);
        assert!(output.contains("content-encoding: gzip"), "{output}");
        assert!(output.ends_with("\r\n\r\nplain"), "{output}");
    }
    server.ended().await;
}
