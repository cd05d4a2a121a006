//! Multipart forms and their files, on real sockets.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use gin::extract::{MultipartLimits, Valid};
use gin::prelude::*;
use gin::testing::{Client, MultipartForm};
use gin::{Engine, Server};
use serde::Deserialize;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use crate::child::{Served, command};
use crate::wire::{LONG, Running, Wire, status};

const SERVER: &str = "uploads::server";

const GIBIBYTE: usize = 1 << 30;

/// The variable with the directory that uploads are kept in.
const KEPT: &str = "GIN_TEST_KEPT";

/// Describes each field of a form.
async fn describe(mut form: Multipart) -> gin::Result<String> {
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
async fn skip(mut form: Multipart) -> gin::Result<String> {
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

fn app() -> Group {
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

fn head(path: &str, boundary: &str, length: usize) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\
         content-type: multipart/form-data; boundary={boundary}\r\ncontent-length: {length}\r\n\r\n"
    )
}

/// Sends a form with the boundary `b`.
async fn send(server: &Running, path: &str, body: impl AsRef<[u8]>) -> String {
    let body = body.as_ref();
    let mut request = head(path, "b", body.len()).into_bytes();
    request.extend_from_slice(body);
    server.exchange(request).await
}

/// The head of a part with the boundary `b`.
fn part(disposition: &str) -> String {
    format!("--b\r\nContent-Disposition: form-data; {disposition}\r\n\r\n")
}

#[tokio::test]
async fn a_broken_form_is_400_and_a_large_one_413() {
    let server = Running::new(app()).await;
    let text = part("name=\"a\"");
    let headers = "x-a: b\r\n".repeat(5_000);
    let parts = format!("{text}1\r\n").repeat(10_000);
    let name = "n".repeat(1 << 20);
    let cases = [
        ("an empty body", String::new(), "400"),
        ("no boundary in it", "hello".to_owned(), "400"),
        ("another boundary", "--c\r\n\r\n".to_owned(), "400"),
        ("an unfinished part", format!("{text}hello"), "400"),
        (
            "an unfinished boundary",
            format!("{text}hello\r\n--"),
            "400",
        ),
        ("an unfinished head", "--b\r\nContent-Dis".to_owned(), "400"),
        ("no end", format!("{text}hello\r\n--b\r\n"), "400"),
        (
            "text after a boundary",
            format!("{text}hello\r\n--bX\r\n--b--\r\n"),
            "400",
        ),
        (
            "no name",
            "--b\r\nContent-Type: a/b\r\n\r\n1\r\n--b--\r\n".to_owned(),
            "400",
        ),
        ("no headers", "--b\r\n\r\n1\r\n--b--\r\n".to_owned(), "400"),
        (
            "a bad header",
            "--b\r\n\0: b\r\n\r\n1\r\n--b--\r\n".to_owned(),
            "400",
        ),
        (
            "5,000 headers",
            format!("--b\r\n{headers}\r\n1\r\n--b--\r\n"),
            "400",
        ),
        (
            "a large name",
            format!("{}1\r\n--b--\r\n", part(&format!("name={name}"))),
            "400",
        ),
        (
            "a late beginning",
            format!("{name}\r\n{text}1\r\n--b--\r\n"),
            "400",
        ),
        (
            "no UTF-8 by its own word",
            format!("{text}\u{fffd}\r\n--b--\r\n"),
            "200",
        ),
        ("10,000 parts", format!("{parts}--b--\r\n"), "413"),
        (
            "a large text",
            format!("{text}{}\r\n--b--\r\n", "x".repeat(3 << 20)),
            "413",
        ),
        ("an end", format!("{text}hello\r\n--b--\r\n"), "200"),
        (
            "an end without a line",
            format!("{text}hello\r\n--b--"),
            "200",
        ),
        (
            "a start and an end",
            format!("hello\r\n{text}hello\r\n--b--\r\nbye"),
            "200",
        ),
        ("no parts", "--b--\r\n".to_owned(), "200"),
    ];
    for (case, body, expected) in cases {
        let response = send(&server, "/describe", body).await;
        assert_eq!(status(&response), expected, "{case}: {response}");
        assert!(!response.contains("multer"), "{case}: {response}");
    }
    let latin = [text.as_bytes(), b"caf\xe9\r\n--b--\r\n"].concat();
    let response = send(&server, "/describe", latin).await;
    assert_eq!(status(&response), "400", "{response}");
    assert!(response.contains("a: is not UTF-8"), "{response}");
}

#[tokio::test]
async fn a_form_without_a_fitting_boundary_is_refused() {
    let server = Running::new(app()).await;
    let long = format!("multipart/form-data; boundary={}", "b".repeat(300));
    let longest = format!("multipart/form-data; boundary={}", "b".repeat(70));
    for (content_type, expected) in [
        ("multipart/form-data", "400"),
        ("multipart/form-data; boundary=", "400"),
        ("multipart/form-data; boundary=\"\"", "400"),
        (long.as_str(), "400"),
        (longest.as_str(), "200"),
        ("multipart/mixed; boundary=b", "415"),
        ("application/json", "415"),
    ] {
        let boundary = content_type.rsplit('=').next().unwrap_or_default();
        let body = format!("--{boundary}--\r\n");
        let response = server
            .exchange(format!(
                "POST /describe HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\
                 content-type: {content_type}\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            ))
            .await;
        assert_eq!(status(&response), expected, "{content_type}: {response}");
    }
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
async fn limits_are_those_of_the_nearest_group() {
    let limits = MultipartLimits::new().field(5).text(8).parts(3);
    let limited = Group::new("/limited").state(limits).post("", describe);
    let small = Group::new("/small").body_limit(300).post("", describe);
    let whole = MultipartLimits::new().form(1_000);
    let whole = Group::new("/whole")
        .body_limit(300)
        .state(whole)
        .post("", describe);
    let client = Client::new(Group::new("").nest(limited).nest(small).nest(whole));
    let post = async |path: &str, texts: &[&str]| {
        let texts = texts.iter();
        let request = client.post(path).header("accept", "application/json");
        let request = request.multipart(|form| texts.fold(form, |form, text| form.text("t", text)));
        request.await
    };
    post("/limited", &["12345", "123"]).await.is(200);
    let response = post("/limited", &["1", "123456"]).await.is(413);
    let errors = &response.problem().expect("it is one").fields();
    assert_eq!(errors[0].path, "t");
    assert_eq!(errors[0].message, "is larger than 5 bytes");
    post("/limited", &["12345", "1234"])
        .await
        .is(413)
        .contains("is larger than 3 bytes");
    post("/limited", &["1", "2", "3", "4"])
        .await
        .is(413)
        .contains("more than 3 fields");
    let long = "x".repeat(300);
    post("/small", &[&long])
        .await
        .is(413)
        .contains("larger than 300 bytes");
    post("/whole", &[&long]).await.is(200);
}

#[tokio::test]
async fn a_gibibyte_is_kept_in_bounded_memory() {
    let directory = tempfile::tempdir().expect("there is room");
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
async fn curl_sends_its_form() {
    let directory = tempfile::tempdir().expect("there is room");
    let file = directory.path().join("say \"hi\"; ü.txt");
    fs::write(&file, vec![b'x'; 300 << 10]).expect("the directory is ours");
    let server = Running::new(app()).await;
    let curl = Command::new("curl")
        .args(["--silent", "--show-error", "--noproxy", "*"])
        .args(["--form", "title=a & b = c", "--form", "empty="])
        .arg("--form")
        .arg(format!(
            "file=@\"{}\";type=text/plain",
            file.display().to_string().replace('"', "\\\"")
        ))
        .arg(format!("http://{}/describe", server.address))
        .stdout(Stdio::piped())
        .spawn();
    let Ok(curl) = curl else {
        return eprintln!("skipped: there is no curl");
    };
    let output = tokio::task::spawn_blocking(|| curl.wait_with_output()).await;
    let output = output.expect("it does not panic").expect("it ends").stdout;
    assert_eq!(
        String::from_utf8_lossy(&output),
        "title: a & b = c; empty: ; file: say _hi_; ü.txt (text/plain) 307200"
    );
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

#[derive(Deserialize)]
struct Album {
    title: String,
    cover: Upload,
    back: Option<Upload>,
    #[serde(default)]
    photos: Vec<Upload>,
    #[serde(default)]
    pages: Vec<Page>,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Deserialize)]
struct Page {
    number: u32,
    scan: Upload,
}

#[derive(Deserialize)]
struct Rest {
    price: Option<u32>,
    sheet: Option<Upload>,
}

async fn album(Form(album): Form<Album>) -> gin::Result<String> {
    let mut texts = vec![format!("{}: {}", album.title, album.cover.text().await?)];
    for upload in album
        .back
        .iter()
        .chain(&album.photos)
        .chain(&album.rest.sheet)
    {
        texts.push(upload.text().await?);
    }
    for page in &album.pages {
        texts.push(format!("{}. {}", page.number, page.scan.text().await?));
    }
    let price = album
        .rest
        .price
        .map_or("free".to_owned(), |price| price.to_string());
    texts.push(price);
    Ok(texts.join(", "))
}

#[tokio::test]
async fn a_field_of_a_form_may_be_a_file() {
    let client = Client::new(Group::new("").post("/albums", album));
    let file =
        |form: MultipartForm, name: &str, data: &str| form.file(name, "a.txt", "text/plain", data);
    let all = client.post("/albums").multipart(|form| {
        let form = form
            .text("title", "Sea")
            .text("price", "7")
            .text("pages[0].number", "1");
        let files = [
            ("cover", "front"),
            ("back", "rear"),
            ("photos", "first"),
            ("photos", "second"),
            ("sheet", "notes"),
            ("pages[0].scan", "page"),
        ];
        files
            .iter()
            .fold(form, |form, (name, data)| file(form, name, data))
    });
    let expected = "Sea: front, rear, first, second, notes, 1. page, 7";
    all.await.is(200).has_text(expected);

    let least = client.post("/albums").multipart(|form| {
        // As browsers send file inputs that were left empty.
        let empty = |form: MultipartForm, name| form.file(name, "", "application/octet-stream", "");
        let form = ["back", "photos", "sheet"].into_iter().fold(form, empty);
        file(form.text("title", "Sea"), "cover", "front")
    });
    least.await.is(200).has_text("Sea: front, free");

    for (form, error) in [
        (MultipartForm::default(), "cover: is missing"),
        (
            MultipartForm::default().file("cover", "", "a/b", ""),
            "cover: is missing",
        ),
        (
            MultipartForm::default().text("cover", "a.txt"),
            "cover: must be a file",
        ),
    ] {
        let form = client
            .post("/albums")
            .multipart(|_| form.text("title", "Sea"));
        form.await.is(422).contains(error);
    }
    // A name does not make a text a file, even beside a file of that name.
    let spoofed = client.post("/albums").multipart(|form| {
        file(
            form.text("title", "Sea").text("cover", "a.txt"),
            "back",
            "rear",
        )
    });
    spoofed.await.is(422).contains("cover: must be a file");
    let unnamed = client.post("/albums").multipart(|form| {
        form.text("title", "Sea")
            .file("cover", "..", "text/plain", "front")
            .file("back", "..", "text/plain", "rear")
    });
    unnamed.await.is(200).has_text("Sea: front, rear, free");
}

#[tokio::test]
async fn a_broken_form_never_becomes_a_value() {
    let server = Running::new(Group::new("").post("/albums", album)).await;
    let file = part("name=\"cover\"; filename=\"a\"");
    let title = part("name=\"title\"");
    for (body, expected) in [
        (format!("{title}Sea\r\n{file}x\r\n--b--\r\n"), "200"),
        (format!("{title}Sea\r\n{file}x"), "400"),
        (format!("{title}Sea\r\n{file}x\r\n").repeat(1_000), "413"),
        (format!("{title}{}", "x".repeat(33 << 20)), "413"),
    ] {
        let response = send(&server, "/albums", &body).await;
        let start = body.get(..200.min(body.len()));
        assert_eq!(status(&response), expected, "{start:?}: {response}");
    }
}

async fn bind(cx: &mut Context) -> gin::Result<String> {
    let Title { title } = cx.bind().await?;
    Ok(title)
}

#[derive(Deserialize)]
struct Title {
    title: String,
}

#[tokio::test]
async fn a_context_binds_a_multipart_form() {
    let client = Client::new(Group::new("").post("/", bind));
    let request = client.post("/").multipart(|form| form.text("title", "Sea"));
    request.await.is(200).has_text("Sea");
}

#[tokio::test]
async fn a_form_that_stalls_is_408_and_one_that_is_cut_off_400() {
    let rate = |server: Server| server.min_body_rate(1_000_000, Duration::from_millis(50));
    let app = app().post("/albums", album).post("/bind", bind);
    let server = Running::with(app, rate).await;
    for path in ["/describe", "/skip", "/albums", "/bind"] {
        for begun in [
            "",
            "--b",
            "--b\r\ncontent-dis",
            &format!("{}x", part("name=\"a\"")),
        ] {
            let mut wire = server.connect().await;
            wire.send(head(path, "b", 1_000)).await;
            wire.send(begun).await;
            let response = wire.rest().await;
            assert_eq!(status(&response), "408", "{path} {begun}: {response}");

            let mut wire = server.connect().await;
            wire.send(head(path, "b", 1_000)).await;
            wire.send(begun).await;
            wire.0.shutdown().await.expect("it is open");
            let response = wire.rest().await;
            assert_eq!(status(&response), "400", "{path} {begun}: {response}");
        }
    }
}

#[derive(Deserialize, validator::Validate)]
#[serde(rename_all = "camelCase")]
struct Scan {
    #[validate(length(min = 3))]
    file_title: String,
    file: Option<Upload>,
}

#[tokio::test]
async fn a_multipart_form_is_validated_under_its_own_names() {
    let scan = async |Valid(Form(scan)): Valid<Form<Scan>>| {
        format!("{} {}", scan.file_title, scan.file.is_some())
    };
    let client = Client::new(Group::new("").post("/", scan));
    let post = async |title: &str| {
        let request = client.post("/");
        let form =
            |form: MultipartForm| form.text("fileTitle", title).file("file", "a", "a/b", "c");
        request.multipart(form).await
    };
    post("Sea").await.is(200).has_text("Sea true");
    post("S").await.is(422).contains("fileTitle: ");
}
