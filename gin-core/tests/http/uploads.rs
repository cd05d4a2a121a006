//! The files of multipart forms, on real sockets: large ones, their names, and those that are kept.

use std::fs;
use std::path::{Path, PathBuf};

use gin::extract::MultipartLimits;
use gin::prelude::*;
use gin::testing::Client;
use gin::{Engine, Server};
use nix::sys::statvfs::statvfs;
use tokio::time::timeout;

use crate::child::{Served, command};
use crate::wire::{LONG, Running, Wire, status};

const SERVER: &str = "uploads::server";

const GIBIBYTE: usize = 1 << 30;

/// The variable with the directory that uploads are kept in.
const KEPT: &str = "GIN_TEST_KEPT";

/// Describes each field of a form.
pub(crate) async fn describe(mut form: Multipart) -> gin::Result<String> {
    let mut fields = Vec::new();
    while let Some(field) = form.next().await? {
        let name = field.name().to_owned();
        fields.push(if field.is_file() {
            let upload = field.upload().await?;
            let file = upload.file_name().unwrap_or("-").to_owned();
            let content_type = upload.content_type().unwrap_or("-");
            format!("{name}: {file} ({content_type}) {}", upload.len())
        } else {
            format!("{name}: {}", field.text().await?)
        });
    }
    Ok(fields.join("; "))
}

/// Skips each field.
pub(crate) async fn skip(mut form: Multipart) -> gin::Result<String> {
    let mut fields = 0;
    while form.next().await?.is_some() {
        fields += 1;
    }
    Ok(format!("{fields} skipped"))
}

/// Keeps the files of a form in the directory that the state is, and returns the paths.
async fn keep(State(directory): State<PathBuf>, mut form: Multipart) -> gin::Result<String> {
    let mut paths = Vec::new();
    while let Some(field) = form.next().await? {
        let path = field.upload().await?.persist_in(&directory).await?;
        paths.push(path.display().to_string());
    }
    Ok(paths.join("\n"))
}

pub(crate) fn app() -> Group {
    Group::new("")
        .get("/", async || "hello")
        .post("/describe", describe)
        .post("/skip", skip)
}

#[tokio::test]
#[ignore = "the tests below run it, in a process of its own"]
async fn server() {
    let kept = std::env::var_os(KEPT).expect("the test sets it");
    let keep = Group::new("/keep")
        .state(PathBuf::from(kept))
        .post("", keep);
    let app = app().nest(keep).body_limit(4 << 30);
    let server = Server::new(Engine::new(app).expect("it is sound"));
    server.run().await.expect("a socket was passed on");
}

/// A server whose temporary files are in `directory/temporary`, and whose uploads are kept in `directory/kept`.
fn serve(directory: &Path) -> Served {
    let temporary = directory.join("temporary");
    fs::create_dir(&temporary).expect("the directory is ours");
    let mut command = command(SERVER);
    command
        .env("TMPDIR", temporary)
        .env(KEPT, directory.join("kept"));
    Served::with(command)
}

/// Panics if the file system of `directory` has fewer than `bytes` left.
fn needs(directory: &Path, bytes: u64) {
    let system = statvfs(directory).expect("the directory is ours");
    let left = system.blocks_available() * system.fragment_size();
    let place = directory.display();
    assert!(
        left >= bytes,
        "the test needs {bytes} bytes in {place}, and {left} are left: free some, or set TMPDIR"
    );
}

pub(crate) fn head(path: &str, boundary: &str, length: usize) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\
         content-type: multipart/form-data; boundary={boundary}\r\ncontent-length: {length}\r\n\r\n"
    )
}

/// Sends a form with the boundary `b`.
pub(crate) async fn send(server: &Running, path: &str, body: impl AsRef<[u8]>) -> String {
    let body = body.as_ref();
    let mut request = head(path, "b", body.len()).into_bytes();
    request.extend_from_slice(body);
    server.exchange(request).await
}

/// The head of a part with the boundary `b`.
pub(crate) fn part(disposition: &str) -> String {
    format!("--b\r\nContent-Disposition: form-data; {disposition}\r\n\r\n")
}

#[tokio::test]
async fn a_gibibyte_beyond_the_limit_is_413() {
    let server = Running::new(app()).await;
    let mut wire = server.connect().await;
    wire.send(head("/describe", "b", GIBIBYTE)).await;
    let response = wire.until("larger than 33554432 bytes").await;
    assert_eq!(status(&response), "413", "{response}");

    for path in ["/describe", "/skip"] {
        let mut wire = server.connect().await;
        wire.send(format!(
            "POST {path} HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\
             content-type: multipart/form-data; boundary=b\r\n\r\n"
        ))
        .await;
        let first = part("name=\"file\"; filename=\"a\"");
        wire.send(format!("{:x}\r\n{first}\r\n", first.len())).await;
        let chunk = format!("100000\r\n{}\r\n", "x".repeat(1 << 20));
        for _ in 0..33 {
            wire.send(&chunk).await;
        }
        let response = wire.until("larger than 33554432 bytes").await;
        assert_eq!(status(&response), "413", "{path}: {response}");
    }
}

#[tokio::test]
async fn a_gibibyte_is_kept_in_bounded_memory() {
    let directory = tempfile::tempdir().expect("there is room");
    // The temporary file and its copy.
    needs(directory.path(), 2 * GIBIBYTE as u64);
    let server = serve(directory.path());
    server.get("/").await;
    let before = server.peak();
    let mut wire = server.connect().await;
    let first = part("name=\"file\"; filename=\"a.bin\"");
    let last = "\r\n--b--\r\n";
    wire.send(head("/keep", "b", first.len() + GIBIBYTE + last.len()))
        .await;
    wire.send(first).await;
    // Line ends, which the boundary begins with, are the slowest data.
    let data = b"xx\r\n--".repeat(1 << 18);
    for start in (0..GIBIBYTE).step_by(data.len()) {
        wire.send(&data[..data.len().min(GIBIBYTE - start)]).await;
    }
    wire.send(last).await;
    let response = wire.rest().await;
    assert!(response.ends_with("kept/a.bin"), "{response}");
    let grown = server.peak() - before;
    assert!(grown < 8 << 20, "{grown} bytes more");
    let kept = fs::metadata(directory.path().join("kept/a.bin")).expect("it is there");
    assert_eq!(kept.len(), GIBIBYTE as u64);
}

#[tokio::test]
async fn many_small_parts_and_files_take_bounded_memory() {
    let directory = tempfile::tempdir().expect("there is room");
    let server = serve(directory.path());
    server.get("/").await;
    let before = server.peak();
    for path in ["/skip", "/describe"] {
        let file = format!(
            "{}{}\r\n",
            part("name=\"f\"; filename=\"a\""),
            "x".repeat(70 << 10)
        );
        let body = format!("{}--b--\r\n", file.repeat(300));
        let mut wire = server.connect().await;
        wire.send(head(path, "b", body.len())).await;
        wire.send(&body).await;
        let response = wire.rest().await;
        assert_eq!(status(&response), "200", "{path}: {response}");
    }
    let grown = server.peak() - before;
    assert!(grown < 8 << 20, "{grown} bytes more");
}

#[tokio::test]
async fn a_client_that_leaves_in_an_upload_leaves_no_file() {
    let directory = tempfile::tempdir().expect("there is room");
    let server = serve(directory.path());
    server.get("/").await;
    let temporary = directory.path().join("temporary");
    let temporary = temporary.canonicalize().expect("it is there");
    let mut wire = server.connect().await;
    wire.send(head("/keep", "b", GIBIBYTE)).await;
    wire.send(part("name=\"file\"; filename=\"a.bin\"")).await;
    wire.send(vec![b'x'; 4 << 20]).await;
    let spooled = async {
        while server.open_in(&temporary) == 0 {
            server.get("/").await;
        }
    };
    let spooled = timeout(LONG, spooled).await;
    spooled.expect("a temporary file is open");
    drop(wire);
    let closed = async {
        while server.open_in(&temporary) > 0 {
            server.get("/").await;
        }
    };
    timeout(LONG, closed).await.expect("the file is closed");
    let left = fs::read_dir(&temporary).expect("it is there");
    assert_eq!(left.count(), 0);
    assert!(!directory.path().join("kept").exists());
}

#[tokio::test]
async fn a_kept_file_never_leaves_its_directory() {
    let directory = tempfile::tempdir().expect("there is room");
    let kept = directory.path().join("kept");
    let app = Group::new("").state(kept.clone()).post("/keep", keep);
    let server = Running::new(app).await;
    let long = format!("{}.jpg", "x".repeat(4_096));
    let names: [&[u8]; 17] = [
        b"photo.jpg",
        b"photo.jpg",
        b"../../x",
        b"/etc/passwd",
        br"C:\x",
        br"..\..\x",
        b"a\0b",
        b".bashrc",
        long.as_bytes(),
        b"",
        b"..",
        b"CON",
        b"a. . .",
        b"a\xe2\x80\xaegpj.exe",
        b"caf\xe9",
        b"%0D%0Aset-cookie: a=b",
        b"a/../../../b/",
    ];
    let mut body = Vec::new();
    for name in names {
        body.extend_from_slice(b"--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"");
        body.extend_from_slice(name);
        body.extend_from_slice(b"\"\r\n\r\nhello\r\n");
    }
    body.extend_from_slice(b"--b--\r\n");
    let response = send(&server, "/keep", body).await;
    // A NUL is not allowed in a header.
    assert_eq!(status(&response), "400", "{response}");

    let mut kept_files = 0;
    for name in names.iter().filter(|name| !name.contains(&0)) {
        let before = b"--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"";
        let body = [before, *name, b"\"\r\n\r\nhello\r\n--b--\r\n"].concat();
        let response = send(&server, "/keep", body).await;
        let shown = name.escape_ascii();
        assert_eq!(status(&response), "200", "{shown}: {response}");
        let path = response
            .split("\r\n\r\n")
            .nth(1)
            .unwrap_or_default()
            .trim_end();
        let path = Path::new(path);
        assert_eq!(path.parent(), Some(kept.as_path()), "{shown}: {response}");
        assert_eq!(fs::read(path).expect("it is there"), b"hello", "{shown}");
        kept_files += 1;
    }
    let all = fs::read_dir(&kept).expect("it is there");
    let all: Vec<_> = all
        .map(|file| file.expect("it is there").file_name())
        .collect();
    // The first form kept the files before the name that is not allowed.
    assert!(all.len() >= kept_files, "none replaced another: {all:?}");
    assert!(
        all.iter()
            .all(|name| !name.as_encoded_bytes().starts_with(b".")),
        "{all:?}"
    );
    let outside = fs::read_dir(directory.path()).expect("it is there");
    assert_eq!(outside.count(), 1, "there is nothing beside the directory");
}

/// Keeps a file twice under one path, and under one that is a link.
async fn keep_twice(State(directory): State<PathBuf>, mut form: Multipart) -> gin::Result<String> {
    let field = form.next().await?;
    let upload: Upload = field.expect("the test sends one").upload().await?;
    let path = directory.join("new/file.bin");
    upload.persist(&path).await?;
    let again = upload.persist(&path).await.expect_err("it exists");
    let link = upload
        .persist(directory.join("link"))
        .await
        .expect_err("it exists");
    let text = upload.bytes().await?;
    assert_eq!(fs::read(&path)?, text);
    Ok(format!("{:?} {:?}", again.kind(), link.kind()))
}

#[cfg(unix)]
#[tokio::test]
async fn a_kept_file_never_replaces_another() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    // With a length that is held in memory, and one that is not.
    for length in [5, 100 << 10] {
        let directory = tempfile::tempdir().expect("there is room");
        let target = directory.path().join("target");
        symlink(&target, directory.path().join("link")).expect("the directory is ours");
        // One directory on the same file system, and one on another where there is one.
        for temporary in [directory.path(), Path::new("/dev/shm")] {
            let _ = fs::remove_dir_all(directory.path().join("new"));
            let limits = MultipartLimits::new().directory(temporary);
            let app = Group::new("")
                .state(directory.path().to_owned())
                .state(limits)
                .post("/", keep_twice);
            let file = vec![b'x'; length];
            let request = Client::new(app);
            let request = request
                .post("/")
                .multipart(|form| form.file("f", "a", "a/b", &file));
            request
                .await
                .is(200)
                .has_text("AlreadyExists AlreadyExists");
            assert!(!target.exists(), "nothing was written through the link");
            let mode = |path: &str| {
                let file = fs::metadata(directory.path().join(path)).expect("it is there");
                file.permissions().mode() & 0o777
            };
            assert_eq!(
                mode("new/file.bin") & 0o133,
                0,
                "{:o}",
                mode("new/file.bin")
            );
            assert_eq!(mode("new/file.bin") & 0o600, 0o600);
            assert_eq!(mode("new") & 0o027, 0, "{:o}", mode("new"));
            let files = fs::read_dir(directory.path().join("new")).expect("it is there");
            assert_eq!(files.count(), 1, "no copy is left over");
        }
    }
}

#[tokio::test]
async fn an_upload_is_read_as_a_stream_and_sent_back() {
    let back = async |mut form: Multipart| -> gin::Result<Body> {
        let field = form.next().await?.expect("the test sends one");
        let upload = field.upload().await?;
        let length = upload.len();
        Ok(Body::from_reader(upload.into_async_read()).with_len(length))
    };
    let server = Running::new(Group::new("").post("/", back)).await;
    for length in [0_usize, 5, 64 << 10, (64 << 10) + 1, 3 << 20] {
        let data: Vec<u8> = (0..length).map(|at| at.to_le_bytes()[1]).collect();
        let first = part("name=\"f\"; filename=\"a\"");
        let body = [first.as_bytes(), &data, b"\r\n--b--\r\n"].concat();
        let mut wire: Wire = server.connect().await;
        wire.send(head("/", "b", body.len())).await;
        wire.send(body).await;
        let response = wire.rest().await;
        let sent_back = response.split("\r\n\r\n").nth(1).unwrap_or_default();
        assert_eq!(sent_back, String::from_utf8_lossy(&data), "{length}");
    }
}
