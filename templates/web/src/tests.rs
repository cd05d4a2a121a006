//! The site, tested without a socket.

use gin::cookies::Key;
use gin::testing::Client;
use tempfile::TempDir;

use crate::app;
use crate::posts::Pictures;
use crate::store::Store;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

async fn site() -> gin::Result<(Client, TempDir)> {
    let pictures = tempfile::tempdir()?;
    let directory = Pictures(pictures.path().to_owned());
    let app = app(
        Store::open("sqlite::memory:").await?,
        directory,
        Key::generate(),
    );
    let browser = Client::new(app).with_header("sec-fetch-site", "same-origin");
    Ok((browser.follow_redirects(), pictures))
}

async fn sign_up(browser: &Client) {
    let form = "name=Ann&password=correct-horse";
    browser
        .post("/sign-up")
        .form(form)
        .await
        .is(200)
        .contains("Welcome, Ann!");
}

#[tokio::test]
async fn a_user_signs_up_out_and_in() -> gin::Result<()> {
    let (browser, _pictures) = site().await?;
    sign_up(&browser).await;
    browser
        .get("/sign-in")
        .await
        .is(200)
        .contains("<h1>Posts</h1>");
    browser
        .post("/sign-out")
        .await
        .is(200)
        .contains("Goodbye!")
        .contains("Sign in");
    let wrong = browser
        .post("/sign-in")
        .form("name=Ann&password=wrong")
        .await;
    wrong
        .is(422)
        .contains("does not fit the name")
        .contains("value=\"Ann\"");
    let nobody = browser
        .post("/sign-in")
        .form("name=Bob&password=wrong")
        .await;
    nobody.is(422).contains("does not fit the name");
    let right = browser
        .post("/sign-in")
        .form("name=Ann&password=correct-horse")
        .await;
    right.is(200).contains("Welcome, Ann!");
    Ok(())
}

#[tokio::test]
async fn mistakes_stand_beside_their_fields() -> gin::Result<()> {
    let (browser, _pictures) = site().await?;
    let short = browser
        .post("/sign-up")
        .form("name=Ann&password=short")
        .await;
    short.is(422).contains("must have 8 to 200 characters");
    sign_up(&browser).await;
    let taken = browser
        .another()
        .with_header("sec-fetch-site", "same-origin");
    let taken = taken
        .post("/sign-up")
        .form("name=Ann&password=correct-horse")
        .await;
    taken.is(422).contains("is taken already");
    let empty = browser
        .post("/posts")
        .multipart(|form| form.text("text", ""))
        .await;
    empty
        .is(422)
        .contains("id=\"text-mistake\">The text must have 1 to 500 characters.<");
    Ok(())
}

#[tokio::test]
async fn a_post_with_a_picture_is_published_and_deleted() -> gin::Result<()> {
    let (browser, pictures) = site().await?;
    sign_up(&browser).await;
    let post = browser.post("/posts").multipart(|form| {
        form.text("text", "<b>hello</b>")
            .file("picture", "../me.png", "image/png", PNG)
    });
    let page = post
        .await
        .is(200)
        .contains("Published.")
        .contains("&lt;b&gt;hello");
    let (_, name) = page
        .text()
        .split_once("src=\"/pictures/")
        .expect("it has a picture");
    let (name, _) = name.split_once('"').expect("an attribute ends");
    browser
        .get(&format!("/pictures/{name}"))
        .await
        .is(200)
        .has_header("content-type", "image/png");

    let list = browser
        .post("/posts/1/delete")
        .header("hx-request", "true")
        .await
        .is(200);
    assert!(!list.text().contains("<html"), "{}", list.text());
    assert_eq!(std::fs::read_dir(pictures.path())?.count(), 0);
    browser.post("/posts/1/delete").await.is(404);
    Ok(())
}

#[tokio::test]
async fn a_page_is_refused_as_a_picture() -> gin::Result<()> {
    let (browser, pictures) = site().await?;
    sign_up(&browser).await;
    let post = browser.post("/posts").multipart(|form| {
        form.text("text", "hello")
            .file("picture", "me.png", "image/png", "<script>")
    });
    post.await.is(422).contains("The picture must be a PNG");
    assert_eq!(std::fs::read_dir(pictures.path())?.count(), 0);
    Ok(())
}

#[tokio::test]
async fn refusals_are_pages_of_the_site() -> gin::Result<()> {
    let (browser, pictures) = site().await?;
    sign_up(&browser).await;
    let large = vec![0; 7 << 20];
    let post = browser.post("/posts").multipart(|form| {
        form.text("text", "hello")
            .file("picture", "me.png", "image/png", large)
    });
    post.await.is(413).contains("may have up to 6 MB");
    assert_eq!(std::fs::read_dir(pictures.path())?.count(), 0);
    browser
        .delete("/")
        .await
        .is(405)
        .contains("Back to the posts");
    Ok(())
}

#[tokio::test]
async fn strangers_and_other_sites_publish_nothing() -> gin::Result<()> {
    let (browser, _pictures) = site().await?;
    let stranger = browser
        .post("/posts")
        .multipart(|form| form.text("text", "hello"))
        .await;
    stranger.is(200).contains("<h1>Sign in</h1>");
    let forged = browser
        .another()
        .post("/sign-out")
        .header("sec-fetch-site", "cross-site")
        .await;
    forged.is(403);
    browser
        .get("/nowhere")
        .await
        .is(404)
        .contains("nothing here");
    Ok(())
}
