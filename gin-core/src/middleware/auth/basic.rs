//! Basic authentication (RFC 7617).

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use http::header::{AUTHORIZATION, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, StatusCode};

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::extract::Needs;
use crate::failure::Problem;
use crate::future::BoxFuture;
use crate::middleware::auth::accounts::Accounts;
use crate::middleware::auth::challenge::{Challenge, Realm};
use crate::middleware::auth::denial::Reason;
use crate::middleware::auth::verify::{Verifier, Verify};
use crate::middleware::auth::{Credentials, Denial};
use crate::middleware::{Middleware, Next, Provided, Role};
use crate::request::Context;
use crate::response::{Response, respond};

/// Lets only users in who have a name and a password, by the dialog of browsers (RFC 7617).
///
/// Handlers take the user as [`Extension`](crate::extract::Extension): a [`BasicUser`](crate::middleware::BasicUser), or the type that
/// the function of [`BasicAuth::verify`] returns. Everyone else gets a 401 [`Problem`] with `WWW-Authenticate`.
///
/// The password comes with every request, so use it over https only. A browser adds it by itself, also to a form that another site
/// sends: [`Csrf`](crate::middleware::Csrf) protects from that.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::middleware::{BasicAuth, BasicUser};
///
/// let auth = BasicAuth::accounts([("ann", "open sesame"), ("bob", "hunter2")]).realm("the admin pages");
/// let admin = Group::new("/admin").with(auth).get("/", async |user: Extension<BasicUser>| user.0.name().to_owned());
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(admin);
/// let response = client.get("/admin/").await.is(401);
/// response.has_header("www-authenticate", r#"Basic realm="the admin pages", charset="UTF-8""#);
/// client.get("/admin/").header("authorization", "Basic YW5uOm9wZW4gc2VzYW1l").await.has_text("ann");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct BasicAuth {
    verifier: Arc<dyn Verifier<Credentials>>,
    realm: Realm,
    target: Target,
    flaws: Vec<String>,
}

/// The server that the credentials are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Origin,
    Proxy,
}

impl BasicAuth {
    /// Lets in those who have one of these names with its password. Handlers take a [`BasicUser`](crate::middleware::BasicUser).
    ///
    /// The time of a comparison does not show which accounts there are, nor how much of a password is right. Accounts without a name or
    /// a password are errors of [`Engine::new`](crate::Engine::new).
    pub fn accounts<N, P>(accounts: impl IntoIterator<Item = (N, P)>) -> BasicAuth
    where
        N: Into<String>,
        P: Into<String>,
    {
        let accounts = accounts.into_iter();
        let accounts = accounts.map(|(name, password)| (name.into(), password.into()));
        BasicAuth::of(Accounts(accounts.collect()))
    }

    fn of(accounts: Accounts) -> BasicAuth {
        let flaws = accounts.flaws();
        BasicAuth {
            flaws,
            ..BasicAuth::by(Arc::new(accounts))
        }
    }

    /// Lets in those for whom `verify` returns a user: an async function of [`Credentials`], and of extractors after them.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// use gin::middleware::{BasicAuth, Credentials};
    ///
    /// #[derive(Clone)]
    /// struct Password(&'static str);
    ///
    /// #[derive(Clone)]
    /// struct Admin;
    ///
    /// async fn verify(credentials: Credentials, State(password): State<Password>) -> Option<Admin> {
    ///     credentials.has_password(password.0).then_some(Admin)
    /// }
    ///
    /// let app = Group::new("").state(Password("hunter2")).with(BasicAuth::verify(verify)).get("/", async || "hello");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.get("/").header("authorization", "Basic YW55OmhpbnRlcjI=").await.is(401);
    /// client.get("/").header("authorization", "Basic YW55Omh1bnRlcjI=").await.is(200);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn verify<V: Verify<Credentials, K>, K>(verify: V) -> BasicAuth {
        BasicAuth::by(verify.into_verifier())
    }

    fn by(verifier: Arc<dyn Verifier<Credentials>>) -> BasicAuth {
        BasicAuth {
            verifier,
            realm: Realm(Cow::Borrowed("Restricted")),
            target: Target::Origin,
            flaws: Vec::new(),
        }
    }

    /// Sets the name of the place that the password is for, which browsers show. Default: `Restricted`.
    #[doc(alias = "BasicAuthForRealm")]
    #[must_use]
    pub fn realm(mut self, realm: impl Into<Cow<'static, str>>) -> BasicAuth {
        self.realm = Realm(realm.into());
        self
    }

    /// Takes the credentials for a proxy: `Proxy-Authorization`, with 407 and `Proxy-Authenticate`.
    #[doc(alias = "BasicAuthForProxy")]
    #[must_use]
    pub fn proxy(mut self) -> BasicAuth {
        self.target = Target::Proxy;
        self
    }

    fn challenge(&self) -> HeaderValue {
        let challenge = Challenge::new("Basic").with("realm", &self.realm.0);
        challenge.with("charset", "UTF-8").value()
    }

    fn refuse(&self, cx: &mut Context, denial: Denial) -> Response {
        let (status, name, value) = match denial.0 {
            Reason::Failed(response) => return respond(cx, *response),
            Reason::Scope(_) => return respond(cx, Problem::new(StatusCode::FORBIDDEN)),
            Reason::Invalid => self.target.refusal(self.challenge()),
        };
        respond(cx, Problem::new(status).header(name, value))
    }
}

impl Target {
    fn header(self) -> HeaderName {
        match self {
            Target::Origin => AUTHORIZATION,
            Target::Proxy => PROXY_AUTHORIZATION,
        }
    }

    fn refusal(self, challenge: HeaderValue) -> (StatusCode, HeaderName, HeaderValue) {
        match self {
            Target::Origin => (StatusCode::UNAUTHORIZED, WWW_AUTHENTICATE, challenge),
            Target::Proxy => (
                StatusCode::PROXY_AUTHENTICATION_REQUIRED,
                PROXY_AUTHENTICATE,
                challenge,
            ),
        }
    }
}

impl Middleware for BasicAuth {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        Box::pin(async move {
            let verified = match Credentials::of(cx.headers(), &self.target.header()) {
                Some(credentials) => self.verifier.verify(cx, credentials).await,
                None => Err(Denial::invalid()),
            };
            match verified {
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
        let challenge = serde_json::json!({ "type": "string" });
        match self.target {
            Target::Origin => {
                let scheme = serde_json::json!({ "type": "http", "scheme": "basic" });
                operation.security("basic", scheme);
                operation.problem(401);
                operation.header_of(401, "WWW-Authenticate", challenge);
            }
            // OpenAPI has no scheme for the credentials of a proxy.
            Target::Proxy => {
                operation.problem(407);
                operation.header_of(407, "Proxy-Authenticate", challenge);
            }
        }
        self.verifier.describe(operation);
    }

    fn role(&self) -> Role {
        match self.target {
            Target::Origin => Role::Guard,
            Target::Proxy => Role::Other,
        }
    }

    fn flaws(&self) -> Vec<String> {
        self.flaws
            .iter()
            .cloned()
            .chain(self.realm.flaw())
            .collect()
    }
}

impl fmt::Debug for BasicAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BasicAuth({:?})", self.realm.0)
    }
}
