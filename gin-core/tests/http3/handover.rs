//! A process that replaces another: it inherits the TCP socket, while the other one still has the UDP port.

use std::env;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};
use std::sync::Arc;

use command_fds::{CommandFdExt, FdMapping};
use gin::Server;
use gin::prelude::*;
use gin::tls::Certificates;
use rustls::pki_types::ServerName;
use rustls::version::TLS13;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::fixture::{Client, in_time, settings, sockets};
use crate::tls::Authority;

#[tokio::test]
#[ignore = "the other test runs it, in a process of its own"]
async fn serve() {
    let path = |name| env::var(name).expect("the other test sets it");
    let app = Group::new("").get("/", async |cx: &mut Context| format!("{:?}", cx.version()));
    let server = Server::new(Engine::new(app).expect("it is sound"))
        .tls(Certificates::pem(path("CERTIFICATE"), path("KEY")))
        .http3();
    server.run().await.expect("it serves");
}

/// Returns the command of a server that inherits `listener`.
fn command(listener: TcpListener, authority: &Authority) -> tokio::process::Command {
    let mut command = Command::new(env::current_exe().expect("a test is a program"));
    command
        .args(["--exact", "handover::serve", "--ignored", "--nocapture"])
        .env("CERTIFICATE", authority.path("a.pem"))
        .env("KEY", authority.path("a.key"))
        .env("LISTEN_FDS", "1")
        .env_remove("RUST_LOG")
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mapping = FdMapping {
        parent_fd: OwnedFd::from(listener),
        child_fd: 3,
    };
    command
        .fd_mappings(vec![mapping])
        .expect("no other descriptor is mapped");
    let mut command = tokio::process::Command::from(command);
    command.kill_on_drop(true);
    command
}

async fn get_over_tcp(address: SocketAddr, authority: &Authority) -> String {
    let connector = TlsConnector::from(Arc::new(authority.client(&[&TLS13], None)));
    let name = ServerName::try_from("localhost").expect("it is a name");
    let socket = TcpStream::connect(address).await.expect("it listens");
    let mut stream = connector
        .connect(name, socket)
        .await
        .expect("it speaks TLS");
    let request = "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream
        .write_all(request.as_bytes())
        .await
        .expect("it reads");
    let mut response = String::new();
    stream
        .read_to_string(&mut response)
        .await
        .expect("it responds");
    response
}

#[tokio::test]
async fn http3_begins_when_the_process_before_has_left_the_port() {
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    let (listener, before) = sockets().await;
    let address = listener.local_addr().unwrap();
    let mut process = command(listener.into_std().unwrap(), &authority)
        .spawn()
        .unwrap();

    let response = in_time(get_over_tcp(address, &authority)).await;
    assert!(response.ends_with("HTTP/1.1"), "{response}");
    assert!(!response.contains("alt-svc"), "{response}");
    let mut log = BufReader::new(process.stderr.take().unwrap()).lines();
    let waits = async {
        loop {
            let line = log.next_line().await.unwrap().expect("the server runs");
            if line.contains("HTTP/3 begins when the port is free") {
                return line;
            }
        }
    };
    let line = in_time(waits).await;
    assert!(line.contains(&format!("{address} over UDP")), "{line}");

    drop(before);
    let advertised = async {
        loop {
            let response = get_over_tcp(address, &authority).await;
            if response.contains("alt-svc: h3=") {
                return response;
            }
        }
    };
    let response = in_time(advertised).await;
    let value = format!("alt-svc: h3=\":{}\"; ma=86400\r\n", address.port());
    assert!(response.contains(&value), "{response}");
    let mut endpoint = quinn::Endpoint::client(([127, 0, 0, 1], 0).into()).unwrap();
    endpoint.set_default_client_config(settings(authority.client(&[&TLS13], None)));
    let connecting = endpoint.connect(address, "localhost").unwrap();
    let mut client = Client::new(in_time(connecting).await.unwrap()).await;
    assert_eq!(client.get("/").await.text(), "HTTP/3.0");
    process.kill().await.unwrap();
}
