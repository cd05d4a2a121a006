//! The tokens of clients.

use std::env;
use std::sync::Arc;

use gin::middleware::Token;
use gin::prelude::*;

/// Names of clients with their tokens, from `API_TOKENS=ann:secret bob:other`.
#[derive(Clone)]
pub struct Tokens(Arc<[(String, String)]>);

/// The client that a request is from.
#[derive(Clone)]
pub struct Client {
    pub name: String,
}

impl Tokens {
    /// A debug build without tokens accepts `dev`. A release build does not start.
    pub fn from_env() -> gin::Result<Tokens> {
        match env::var("API_TOKENS") {
            Ok(tokens) => Tokens::parse(&tokens),
            Err(_) if cfg!(debug_assertions) => Tokens::parse("dev:dev"),
            Err(_) => Err("API_TOKENS is not set: `name:token`, separated by spaces".into()),
        }
    }

    pub fn parse(text: &str) -> gin::Result<Tokens> {
        let pair = |pair: &str| match pair.split_once(':') {
            Some((name, token)) if !token.is_empty() => Ok((name.to_owned(), token.to_owned())),
            _ => Err("API_TOKENS has an entry that is not `name:token`".into()),
        };
        let tokens: gin::Result<Vec<_>> = text.split_whitespace().map(pair).collect();
        Ok(Tokens(tokens?.into()))
    }
}

/// Returns the client that a token belongs to. The comparison takes the same time for every token.
pub async fn verify(token: Token, State(Tokens(tokens)): State<Tokens>) -> Option<Client> {
    let (name, _) = tokens.iter().find(|(_, secret)| token.is(secret))?;
    Some(Client { name: name.clone() })
}
