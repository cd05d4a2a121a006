//! Authentication by a token (RFC 6750).

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use http::header::WWW_AUTHENTICATE;
use http::{HeaderValue, StatusCode};

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::extract::Needs;
use crate::failure::Problem;
use crate::future::BoxFuture;
use crate::middleware::auth::challenge::{Challenge, Realm};
use crate::middleware::auth::denial::Reason;
use crate::middleware::auth::verify::{Verifier, Verify};
use crate::middleware::auth::{Denial, Token};
use crate::middleware::{Middleware, Next, Provided, Role};
use crate::request::Context;
use crate::response::{Response, respond};

/// Lets only clients in whose token has a user, from [`bearer`].
///
/// ```
/// # use gin::prelude::*;
/// use gin::middleware::{Bearer, Token, bearer};
///
/// #[derive(Clone)]
/// struct User;
///
/// fn guard() -> Bearer {
///     bearer(async |token: Token| token.is("7f3a").then_some(User)).realm("the API")
/// }
/// # let _ = Group::new("").with(guard());
/// ```
pub struct Bearer {
    verifier: Arc<dyn Verifier<Token>>,
    realm: Option<Realm>,
    presence: Presence,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    Required,
    Optional,
}

/// Lets only clients in for whose token `verify` returns a user: an async function of the [`Token`], and of extractors after it.
///
/// The token is that of the header `Authorization: Bearer …`, never one in the query or in a form. Handlers take the user as
/// [`Extension<User>`](crate::extract::Extension); one that takes it without the guard is an error of
/// [`Engine::new`](crate::Engine::new). Everyone else gets a [`Problem`] with `WWW-Authenticate` (RFC 6750 §3):
///
/// | request | response |
/// |---|---|
/// | without a token | 401 |
/// | with a malformed header | 400, `invalid_request` |
/// | with a token that has no user, or [`Denial::invalid`] | 401, `invalid_token` |
/// | with a user's token that lacks a [scope](Denial::scope) | 403, `insufficient_scope` |
/// | with a token that could not be checked | 500, or the status of the error |
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::middleware::{Token, bearer};
///
/// #[derive(Clone)]
/// struct User { name: &'static str }
///
/// async fn verify(token: Token) -> Option<User> {
///     token.is("7f3a").then_some(User { name: "Ann" })
/// }
///
/// #[get("/me")]
/// async fn me(Extension(user): Extension<User>) -> String {
///     user.name.to_owned()
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").with(bearer(verify)).mount(routes![me]));
/// client.get("/me").header("authorization", "Bearer 7f3a").await.has_text("Ann");
/// client.get("/me").await.is(401).has_header("www-authenticate", "Bearer");
/// let wrong = client.get("/me").header("authorization", "Bearer ffff").await.is(401);
/// wrong.has_header("www-authenticate", r#"Bearer error="invalid_token""#);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn bearer<V: Verify<Token, K>, K>(verify: V) -> Bearer {
    by(verify.into_verifier())
}

fn by(verifier: Arc<dyn Verifier<Token>>) -> Bearer {
    Bearer {
        verifier,
        realm: None,
        presence: Presence::Required,
    }
}

impl Bearer {
    /// Names the place that tokens are for in challenges. Default: no name.
    #[must_use]
    pub fn realm(mut self, realm: impl Into<Cow<'static, str>>) -> Bearer {
        self.realm = Some(Realm(realm.into()));
        self
    }

    /// Lets in clients without a token as well; a wrong token is still refused. Handlers take an `Option<Extension<User>>`.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// # use gin::middleware::{Token, bearer};
    /// # #[derive(Clone)]
    /// # struct User;
    /// let guard = bearer(async |token: Token| token.is("7f3a").then_some(User)).optional();
    /// let hello = async |user: Option<Extension<User>>| if user.is_some() { "hello, Ann" } else { "hello" };
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").with(guard).get("/", hello));
    /// client.get("/").await.has_text("hello");
    /// client.get("/").header("authorization", "Bearer 7f3a").await.has_text("hello, Ann");
    /// client.get("/").header("authorization", "Bearer ffff").await.is(401);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn optional(mut self) -> Bearer {
        self.presence = Presence::Optional;
        self
    }

    fn challenge(&self) -> Challenge {
        let challenge = Challenge::new("Bearer");
        match &self.realm {
            Some(Realm(realm)) => challenge.with("realm", realm),
            None => challenge,
        }
    }

    fn refuse(&self, cx: &mut Context, denial: Denial) -> Response {
        let challenge = |error| self.challenge().with("error", error);
        match denial.0 {
            Reason::Invalid => refusal(cx, StatusCode::UNAUTHORIZED, challenge("invalid_token")),
            Reason::Scope(scope) => {
                let challenge = challenge("insufficient_scope").with("scope", &scope);
                refusal(cx, StatusCode::FORBIDDEN, challenge)
            }
            Reason::Failed(response) => {
                let mut response = respond(cx, *response);
                if response.status() == StatusCode::UNAUTHORIZED {
                    // RFC 9110 §15.5.2: a 401 has a challenge.
                    let headers = response.headers_mut();
                    let value = || challenge("invalid_token").value();
                    headers.entry(WWW_AUTHENTICATE).or_insert_with(value);
                }
                response
            }
        }
    }
}

fn refusal(cx: &mut Context, status: StatusCode, challenge: Challenge) -> Response {
    let value: HeaderValue = challenge.value();
    respond(cx, Problem::new(status).header(WWW_AUTHENTICATE, value))
}

impl Middleware for Bearer {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        Box::pin(async move {
            let token = match Token::of(cx.headers()) {
                Ok(Some(token)) => token,
                Ok(None) if self.presence == Presence::Optional => return next.run(cx).await,
                // RFC 6750 §3.1: a client that sends no token gets no error code.
                Ok(None) => return refusal(cx, StatusCode::UNAUTHORIZED, self.challenge()),
                Err(_) => {
                    let challenge = self.challenge().with("error", "invalid_request");
                    return refusal(cx, StatusCode::BAD_REQUEST, challenge);
                }
            };
            match self.verifier.verify(cx, token).await {
                Ok(()) => next.run(cx).await,
                Err(denial) => self.refuse(cx, denial),
            }
        })
    }

    fn provides(&self, provided: &mut Provided) {
        self.verifier.provides(provided);
    }

    fn needs(&self, needs: &mut Needs) {
        self.verifier.needs(needs);
    }

    #[cfg(feature = "openapi")]
    fn describe(&self, operation: &mut Operation) {
        let scheme = serde_json::json!({ "type": "http", "scheme": "bearer" });
        match self.presence {
            Presence::Required => operation.security("bearer", scheme),
            Presence::Optional => operation.optional_security("bearer", scheme),
        }
        operation.problems(&[400, 401]);
        let challenge = serde_json::json!({ "type": "string" });
        operation.header_of(401, "WWW-Authenticate", challenge);
        self.verifier.describe(operation);
    }

    fn role(&self) -> Role {
        match self.presence {
            Presence::Required => Role::Guard,
            Presence::Optional => Role::Other,
        }
    }

    fn flaws(&self) -> Vec<String> {
        self.realm.iter().filter_map(Realm::flaw).collect()
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bearer({:?})", self.presence)
    }
}
