//! A provider of identities for this machine alone: it signs in everyone who claims to be Ann or Bob.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use gin::Server;
use gin::middleware::{Token, bearer};
use gin::prelude::*;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

use crate::oauth::{ID, SECRET, random};

/// The requests of apps by ticket, then by code with the user, and the users by token.
#[derive(Clone, Default)]
struct Desk {
    tickets: Arc<Mutex<HashMap<String, Authorize>>>,
    codes: Arc<Mutex<HashMap<String, (Authorize, String)>>>,
    tokens: Arc<Mutex<HashMap<String, String>>>,
}

#[derive(Clone, Deserialize)]
struct Authorize {
    client_id: String,
    redirect_uri: String,
    state: String,
    code_challenge: String,
}

#[derive(Deserialize)]
struct Exchange {
    client_id: String,
    client_secret: String,
    code: String,
    code_verifier: String,
    redirect_uri: String,
}

#[get("/authorize")]
async fn authorize(
    State(desk): State<Desk>,
    Query(request): Query<Authorize>,
) -> Result<Html<String>> {
    // An app on this machine may have any port (RFC 8252 §7.3).
    let uri: Uri = request.redirect_uri.parse()?;
    let is_known =
        matches!(uri.host(), Some("127.0.0.1" | "localhost")) && uri.path() == "/callback";
    (is_known && request.client_id == ID)
        .then_some(())
        .or_status(400, "this app is unknown")?;
    let ticket = random()?;
    let links = ["Ann", "Bob"]
        .map(|name| format!("<li><a href=\"{}\">{name}</a>", approve::url(&ticket, name)));
    desk.tickets.lock().unwrap().insert(ticket, request);
    Ok(Html(format!(
        "<h1>Who are you?</h1><ul>{}</ul>",
        links.concat()
    )))
}

#[get("/approve/:ticket/:name")]
async fn approve(ticket: String, name: String, State(desk): State<Desk>) -> Result<Redirect> {
    let request = desk.tickets.lock().unwrap().remove(&ticket).or_404()?;
    let code = random()?;
    let parameters = [("code", &code), ("state", &request.state)];
    let back = reqwest::Url::parse_with_params(&request.redirect_uri, parameters)?;
    desk.codes.lock().unwrap().insert(code, (request, name));
    Ok(Redirect::to(back))
}

#[post("/token")]
async fn token(
    State(desk): State<Desk>,
    Form(exchange): Form<Exchange>,
) -> Result<Json<serde_json::Value>> {
    let entry = desk.codes.lock().unwrap().remove(&exchange.code);
    let (request, name) = entry.or_status(400, "the code is unknown or used")?;
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&exchange.code_verifier));
    let is_same =
        exchange.client_id == request.client_id && exchange.redirect_uri == request.redirect_uri;
    let is_app = exchange.client_secret == SECRET && challenge == request.code_challenge;
    (is_same && is_app)
        .then_some(())
        .or_status(400, "the code is of another app")?;
    let token = random()?;
    desk.tokens.lock().unwrap().insert(token.clone(), name);
    Ok(Json(
        json!({ "access_token": token, "token_type": "Bearer" }),
    ))
}

#[derive(Clone)]
struct Account(String);

async fn verify(token: Token, State(desk): State<Desk>) -> Option<Account> {
    desk.tokens
        .lock()
        .unwrap()
        .get(token.as_str())
        .cloned()
        .map(Account)
}

#[get("/user")]
async fn user(Extension(Account(name)): Extension<Account>) -> Json<serde_json::Value> {
    Json(json!({ "name": name }))
}

/// Starts the provider in this process. Returns its URL.
pub async fn start(address: &str) -> Result<String> {
    let listener = TcpListener::bind(address).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let routes = routes![authorize, approve, token, user.with(bearer(verify))];
    let engine = Group::new("")
        .state(Desk::default())
        .mount(routes)
        .build()?;
    tokio::spawn(Server::new(engine).listen(listener).run());
    Ok(url)
}
