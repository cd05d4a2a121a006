//! `multipart`: forms with files.

use gin::extract::Upload;
use gin::prelude::*;
use gin::testing::Client;

#[derive(serde::Deserialize)]
struct Photo {
    title: String,
    file: Upload,
}

async fn upload(Form(photo): Form<Photo>) -> String {
    let name = photo.file.file_name().unwrap_or_default().to_owned();
    format!("{}: {name}", photo.title)
}

#[tokio::test]
async fn a_form_has_a_file() {
    let client = Client::new(Group::new("").post("/", upload));
    let upload = client.post("/").multipart(|form| {
        let form = form.text("title", "A cat");
        form.file("file", "../cat.png", "image/png", "cat")
    });
    upload.await.is(200).has_text("A cat: cat.png");
}
