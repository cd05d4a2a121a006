//! OpenSSL as a client, which offers what no client should: old versions, and renegotiation.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use tokio::time::timeout;

use crate::fixture::{Authority, LONG, Running};

/// Runs `openssl s_client` until the connection ends, and returns what it writes. It is `None` if there is no such program.
async fn openssl(server: &Running, arguments: &[&str], input: &str) -> Option<String> {
    let mut command = Command::new("openssl");
    command.args(["s_client", "-servername", "localhost", "-connect"]);
    command.arg(server.address.to_string()).args(arguments);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let Ok(mut client) = command.kill_on_drop(true).spawn() else {
        eprintln!("openssl is unavailable; the test is skipped");
        return None;
    };
    let mut stdin = client.stdin.take().expect("it is piped");
    // A client that is refused reads nothing.
    let _ = stdin.write_all(input.as_bytes()).await;
    let output = async {
        let (mut stdout, mut stderr) = (String::new(), String::new());
        let (mut out, mut err) = (client.stdout.take()?, client.stderr.take()?);
        let read = tokio::join!(
            out.read_to_string(&mut stdout),
            err.read_to_string(&mut stderr)
        );
        read.0.ok().and(read.1.ok()).map(|_| stdout + &stderr)
    };
    let output = timeout(LONG, output).await.expect("the connection ends");
    drop(stdin);
    Some(output.expect("it writes text"))
}

const REQUEST: &str = "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

/// Starts a server that waits longer than any client takes: only what a client sends ends its connection.
async fn server() -> (Running, Authority) {
    server_with_timeout(2 * LONG).await
}

async fn server_with_timeout(time: Duration) -> (Running, Authority) {
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    let server = Running::new(authority.certificates("a"), |server| {
        server.header_read_timeout(time)
    });
    (server.await, authority)
}

#[tokio::test]
async fn only_the_current_versions_are_accepted() {
    let (server, _authority) = server().await;
    for (version, is_accepted) in [
        ("-tls1", false),
        ("-tls1_1", false),
        ("-tls1_2", true),
        ("-tls1_3", true),
    ] {
        // At its usual level, OpenSSL does not even offer the old ones.
        let arguments = [version, "-cipher", "ALL:@SECLEVEL=0", "-ign_eof"];
        let Some(output) = openssl(&server, &arguments, REQUEST).await else {
            return;
        };
        assert_eq!(
            output.contains("HTTP/1.1 200"),
            is_accepted,
            "{version}: {output}"
        );
        let is_refused = output.contains("SSL alert number");
        assert_eq!(is_refused, !is_accepted, "{version}: {output}");
    }
}

#[tokio::test]
async fn weak_ciphers_are_refused() {
    let (server, _authority) = server().await;
    for ciphers in ["AES128-SHA", "ECDHE-ECDSA-AES128-SHA", "aNULL", "eNULL"] {
        let ciphers = format!("{ciphers}:@SECLEVEL=0");
        let arguments = ["-tls1_2", "-cipher", &ciphers, "-ign_eof"];
        let Some(output) = openssl(&server, &arguments, REQUEST).await else {
            return;
        };
        assert!(
            output.contains("alert handshake failure"),
            "{ciphers}: {output}"
        );
    }
}

/// A client could make the server compute for ever on one connection (CVE-2011-1473).
#[tokio::test]
async fn renegotiation_is_refused() {
    let (server, _authority) = server_with_timeout(Duration::from_secs(2)).await;
    let tried = async {
        loop {
            // A line `R` is a command.
            let output = openssl(&server, &["-tls1_2"], "R\n").await?;
            // A slow machine may not get that far before the server's timeout.
            if output.contains("RENEGOTIATING") {
                return Some(output);
            }
        }
    };
    let Some(output) = timeout(LONG, tried).await.expect("it is tried") else {
        return;
    };
    let (_, after) = output.split_once("RENEGOTIATING").expect("it was tried");
    // A second handshake verifies the certificate again.
    assert!(!after.contains("verify return"), "{output}");
    // The connection ends, by an alert or with the timeout of the head.
    assert!(after.contains("error:"), "{output}");
}

#[tokio::test]
async fn a_session_is_resumed_and_a_protocol_is_agreed_on() {
    let (server, _authority) = server().await;
    for version in ["-tls1_2", "-tls1_3"] {
        let directory = tempfile::TempDir::new().expect("there is room");
        let session = directory.path().join("session");
        let session = session.to_str().expect("it is text");
        let first = [
            version,
            "-alpn",
            "h2,http/1.1",
            "-ign_eof",
            "-sess_out",
            session,
        ];
        // HTTP/1.1 after `h2` is agreed on ends the connection, and OpenSSL writes the session by then.
        let Some(output) = openssl(&server, &first, REQUEST).await else {
            return;
        };
        assert!(output.contains("ALPN protocol: h2"), "{output}");
        assert!(output.contains("New, "), "{output}");
        let second = [version, "-ign_eof", "-sess_in", session];
        let output = openssl(&server, &second, REQUEST)
            .await
            .expect("it was there before");
        assert!(output.contains("Reused, "), "{version}: {output}");
        assert!(output.contains("HTTP/1.1 200"), "{version}: {output}");
    }
}
