//! The posts. A request of htmx gets the list alone, and every other one the whole page.

use std::path::PathBuf;

use gin::prelude::*;
use gin::validator::Validate;
use serde::Deserialize;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use crate::accounts::User;
use crate::form::{Mistakes, mistake, mistakes};
use crate::store::Store;

/// The directory of pictures.
#[derive(Clone)]
pub struct Pictures(pub PathBuf);

#[derive(Deserialize, Validate)]
#[validate(crate = "gin::validator")]
pub struct NewPost {
    #[validate(length(min = 1, max = 500))]
    text: String,
    picture: Option<Upload>,
}

#[get("/")]
pub async fn home(user: Option<User>, State(store): State<Store>) -> gin::Result<View> {
    let posts = store.posts().await?;
    let values = context! { user, posts, text => "", mistakes => Mistakes::new() };
    Ok(View::new("home.html", values))
}

#[post("/posts")]
pub async fn create(
    user: User,
    session: Session,
    State(store): State<Store>,
    State(Pictures(directory)): State<Pictures>,
    Form(new): Form<NewPost>,
) -> gin::Result<Response> {
    let mut mistakes = mistakes(&new);
    let mut picture = None;
    if let Some(upload) = new.picture.as_ref().filter(|_| mistakes.is_empty()) {
        match extension(&upload.bytes().await?) {
            Some(extension) => {
                // Of what the client says about a file, nothing is believed.
                let name = format!("{}.{extension}", Uuid::new_v4());
                upload.persist(directory.join(&name)).await?;
                picture = Some(name);
            }
            None => mistakes = mistake("picture", "must be a PNG, JPEG, GIF or WebP"),
        }
    }
    if !mistakes.is_empty() {
        let posts = store.posts().await?;
        let values = context! { user, posts, text => new.text, mistakes };
        return Ok(View::new("home.html", values).status(422).into_response());
    }
    store
        .add_post(user.id, &new.text, picture.as_deref())
        .await?;
    session.flash("info", "Published.");
    Ok(Redirect::to("/").into_response())
}

#[post("/posts/:id/delete")]
pub async fn remove(
    id: i64,
    cx: &mut Context,
    user: User,
    State(store): State<Store>,
    State(Pictures(directory)): State<Pictures>,
) -> gin::Result<Response> {
    let picture = store.delete_post(id, user.id).await?;
    let picture = picture.or_status(404, "you have no such post")?;
    if let Some(name) = picture {
        spawn_blocking(move || std::fs::remove_file(directory.join(name))).await??;
    }
    if cx.header("hx-request").is_none() {
        return Ok(Redirect::to("/").into_response());
    }
    let values = context! { user, posts => store.posts().await? };
    Ok(View::block("home.html", "posts", values).into_response())
}

/// Returns the extension of a picture's format, by its first bytes.
fn extension(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("png"),
        [0xff, 0xd8, 0xff, ..] => Some("jpg"),
        [b'G', b'I', b'F', b'8', ..] => Some("gif"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("webp"),
        _ => None,
    }
}
