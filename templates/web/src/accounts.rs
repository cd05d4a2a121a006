//! Signing up, in and out.

use gin::extract::Needs;
use gin::prelude::*;
use gin::validator::Validate;
use serde::{Deserialize, Serialize};

use crate::form::{Mistakes, mistake, mistakes};
use crate::passwords;
use crate::store::Store;

/// The user who has signed in. A handler that takes one sends everyone else to the page to sign in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct User {
    pub id: i64,
    pub name: String,
}

impl FromContext for User {
    type Rejection = Response;

    fn needs(needs: &mut Needs) {
        Session::needs(needs);
    }

    async fn from_context(cx: &mut Context) -> Result<User, Response> {
        let session = cx.session().await.map_err(IntoResponse::into_response)?;
        match session.get("user") {
            Ok(Some(user)) => Ok(user),
            _ => Err(Redirect::to(&sign_in_page::url()).into_response()),
        }
    }
}

#[derive(Deserialize, Validate)]
#[validate(crate = "gin::validator")]
pub struct Account {
    #[validate(length(min = 1, max = 40))]
    name: String,
    #[validate(length(min = 8, max = 200))]
    password: String,
}

#[get("/sign-up")]
pub async fn sign_up_page(user: Option<User>) -> Response {
    door("sign-up", user)
}

#[get("/sign-in")]
pub async fn sign_in_page(user: Option<User>) -> Response {
    door("sign-in", user)
}

/// A user who has signed in already is sent to the posts.
fn door(action: &str, user: Option<User>) -> Response {
    match user {
        Some(_) => Redirect::to("/").into_response(),
        None => page(action, "", Mistakes::new()).into_response(),
    }
}

#[post("/sign-up")]
pub async fn sign_up(
    session: Session,
    State(store): State<Store>,
    Form(account): Form<Account>,
) -> gin::Result<Response> {
    let mistakes = mistakes(&account);
    if !mistakes.is_empty() {
        return Ok(page("sign-up", &account.name, mistakes)
            .status(422)
            .into_response());
    }
    let password = passwords::hash(account.password).await?;
    let Some(id) = store.add_user(&account.name, &password).await? else {
        let taken = mistake("name", "is taken already");
        return Ok(page("sign-up", &account.name, taken)
            .status(422)
            .into_response());
    };
    enter(&session, id, account.name)
}

#[post("/sign-in")]
pub async fn sign_in(
    session: Session,
    State(store): State<Store>,
    Form(account): Form<Account>,
) -> gin::Result<Response> {
    let (id, hash) = store.user(&account.name).await?.unzip();
    match (passwords::fits(account.password, hash).await?, id) {
        (true, Some(id)) => enter(&session, id, account.name),
        _ => {
            let wrong = mistake("password", "does not fit the name");
            Ok(page("sign-in", &account.name, wrong)
                .status(422)
                .into_response())
        }
    }
}

fn enter(session: &Session, id: i64, name: String) -> gin::Result<Response> {
    // A session from before the login must not become that of the user.
    session.renew();
    session.flash("info", format!("Welcome, {name}!"));
    session.insert("user", User { id, name })?;
    Ok(Redirect::to("/").into_response())
}

#[post("/sign-out")]
pub async fn sign_out(session: Session) -> Redirect {
    session.flush();
    session.flash("info", "Goodbye!");
    Redirect::to("/")
}

fn page(action: &str, name: &str, mistakes: Mistakes) -> View {
    View::new("account.html", context! { action, name, mistakes })
}
