//! Multipart forms, on real sockets: broken ones, their limits, and the values that they become.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use gin::Server;
use gin::extract::{MultipartLimits, Valid};
use gin::prelude::*;
use gin::testing::{Client, MultipartForm};
use serde::Deserialize;
use tokio::io::AsyncWriteExt;

use crate::uploads::{app, describe, head, part, send};
use crate::wire::{Running, status};

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
