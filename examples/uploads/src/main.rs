//! Uploads: a form of a browser saves files in a directory, from which they can be downloaded.

use std::path::PathBuf;

use gin::files::{Attachment, Dir};
use gin::prelude::*;
use serde::Deserialize;

/// The directory of the files.
#[derive(Clone)]
struct Uploads(PathBuf);

#[derive(Deserialize)]
struct Shipment {
    files: Vec<Upload>,
}

#[get("/")]
async fn page(State(Uploads(directory)): State<Uploads>) -> Result<Html<String>> {
    let mut list = String::new();
    let mut entries = tokio::fs::read_dir(directory).await?;
    while let Some(entry) = entries.next_entry().await? {
        let name = entry.file_name().to_string_lossy().into_owned();
        let (url, name) = (download::url(&name), escaped(&name));
        list.push_str(&format!("<li><a href=\"{url}\">{name}</a></li>"));
    }
    Ok(Html(include_str!("page.html").replace("{list}", &list)))
}

/// Makes text of a name that a client chose.
fn escaped(name: &str) -> String {
    name.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

#[post("/files")]
async fn upload(
    State(Uploads(directory)): State<Uploads>,
    Form(shipment): Form<Shipment>,
) -> Result<Redirect> {
    for file in shipment.files {
        // Its name is safe, and one that is taken gets a number.
        file.persist_in(&directory).await?;
    }
    Ok(Redirect::to(page::url()))
}

#[get("/files/:name")]
async fn download(name: String, State(Uploads(directory)): State<Uploads>) -> Result<Attachment> {
    Ok(Dir::new(directory).open(&name).await?.into())
}

fn app(directory: PathBuf) -> Group {
    // The default is 2 MiB.
    let routes = routes![page, upload.body_limit(50 << 20), download];
    gin::default().state(Uploads(directory)).mount(routes)
}

#[gin::main]
async fn main() -> gin::Result<()> {
    let directory = PathBuf::from("uploaded");
    tokio::fs::create_dir_all(&directory).await?;
    app(directory).run().await
}

#[cfg(test)]
mod tests {
    use gin::testing::Client;

    use super::*;

    #[tokio::test]
    async fn files_are_saved_listed_and_downloaded() {
        let directory = tempfile::tempdir().unwrap();
        let client = Client::new(app(directory.path().to_owned()));
        let form = client.post("/files").multipart(|form| {
            form.file("files", "a.txt", "text/plain", "one").file(
                "files",
                "a&b.txt",
                "text/plain",
                "two",
            )
        });
        form.await.is(303).has_header("location", "/");
        client.get("/").await.contains("a&amp;b.txt");
        let file = client.get("/files/a.txt").await.is(200).has_text("one");
        file.has_header("content-disposition", "attachment; filename=\"a.txt\"");
    }

    #[tokio::test]
    async fn a_name_leads_nowhere_else() {
        let directory = tempfile::tempdir().unwrap();
        let inside = directory.path().join("inside");
        std::fs::create_dir(&inside).unwrap();
        std::fs::write(directory.path().join("secret.txt"), "x").unwrap();
        let client = Client::new(app(inside.clone()));
        let form = client.post("/files");
        form.multipart(|form| form.file("files", "../up.txt", "text/plain", "x"))
            .await
            .is(303);
        assert!(inside.join("up.txt").exists());
        client.get("/files/..%2Fsecret.txt").await.is(404);
    }
}
