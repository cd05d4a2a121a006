//! The results of checking credentials.

use std::borrow::Cow;
use std::fmt;

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::failure::Error;
use crate::response::{IntoResponse, Response};

/// The reason why credentials do not let a client in.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::middleware::{Denial, Token, bearer};
///
/// #[derive(Clone)]
/// struct Admin;
///
/// async fn verify(token: Token) -> Result<Admin, Denial> {
///     match token.as_str() {
///         "root" => Ok(Admin),
///         "reader" => Err(Denial::scope("admin")),
///         _ => Err(Denial::invalid()),
///     }
/// }
///
/// let app = Group::new("").with(bearer(verify)).get("/", async || "hello");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app);
/// client.get("/").header("authorization", "Bearer root").await.is(200);
/// let forbidden = client.get("/").header("authorization", "Bearer reader").await.is(403);
/// forbidden.has_header("www-authenticate", r#"Bearer error="insufficient_scope", scope="admin""#);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Denial(pub(super) Reason);

pub(super) enum Reason {
    Invalid,
    /// The scopes that a token needs.
    Scope(Cow<'static, str>),
    /// The check itself has failed.
    Failed(Box<Response>),
}

impl Denial {
    /// Returns the denial of credentials that are wrong, unknown, expired or revoked: 401.
    #[doc(alias = "invalid_token")]
    pub fn invalid() -> Denial {
        Denial(Reason::Invalid)
    }

    /// Returns the denial of credentials that are right, but lack one of these scopes, separated by spaces (RFC 6750 §3.1): 403.
    #[doc(alias = "insufficient_scope")]
    pub fn scope(scopes: impl Into<Cow<'static, str>>) -> Denial {
        Denial(Reason::Scope(scopes.into()))
    }

    /// Returns the denial with this response, for everything else.
    pub(super) fn failed(response: Response) -> Denial {
        Denial(Reason::Failed(Box::new(response)))
    }
}

/// The check has failed, which says nothing about the credentials: 500, or the status of the error.
impl From<Error> for Denial {
    fn from(error: Error) -> Denial {
        Denial::failed(error.into_response())
    }
}

impl fmt::Debug for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Reason::Invalid => f.write_str("Denial(invalid)"),
            Reason::Scope(scope) => write!(f, "Denial(scope {scope:?})"),
            Reason::Failed(response) => write!(f, "Denial({})", response.status()),
        }
    }
}

/// A result of checking credentials: `Option<User>`, `gin::Result<Option<User>>`, whose error is a failure of the check itself, or
/// `Result<User, Denial>`.
///
/// The result of a library becomes one by a type of the app around it:
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::middleware::{Denial, Token, Verdict, bearer};
///
/// #[derive(Clone)]
/// struct User;
///
/// /// The result of looking up the member with a token.
/// enum Lookup { Member(User), Guest, Nobody }
///
/// impl Verdict for Lookup {
///     type User = User;
///
///     fn into_user(self) -> Result<User, Denial> {
///         match self {
///             Lookup::Member(user) => Ok(user),
///             Lookup::Guest => Err(Denial::scope("member")),
///             Lookup::Nobody => Err(Denial::invalid()),
///         }
///     }
/// }
///
/// let look_up = async |token: Token| match token.as_str() {
///     "7f3a" => Lookup::Member(User),
///     "guest" => Lookup::Guest,
///     _ => Lookup::Nobody,
/// };
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").with(bearer(look_up)).get("/", async || "hello"));
/// client.get("/").header("authorization", "Bearer 7f3a").await.is(200);
/// client.get("/").header("authorization", "Bearer guest").await.is(403);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a result of checking credentials",
    label = "neither a user nor a denial",
    note = "return `Option<User>`, `gin::Result<Option<User>>` or `Result<User, Denial>`"
)]
pub trait Verdict {
    /// The type of users, which handlers take as [`Extension<User>`](crate::extract::Extension).
    type User: Send + Sync + 'static;

    /// Returns the user, or the reason why there is none.
    ///
    /// # Errors
    ///
    /// The reason.
    fn into_user(self) -> Result<Self::User, Denial>;

    /// Adds the problems that a failed check responds with to the descriptions of routes. Those without or with invalid credentials are
    /// there already. Default: 403, and the problem of any error.
    #[cfg(feature = "openapi")]
    #[cfg_attr(docsrs, doc(cfg(feature = "openapi")))]
    fn describe(operation: &mut Operation) {
        operation.problem(403);
        operation.any_problem();
    }
}

impl<U: Send + Sync + 'static> Verdict for Option<U> {
    type User = U;

    fn into_user(self) -> Result<U, Denial> {
        self.ok_or(Denial::invalid())
    }

    #[cfg(feature = "openapi")]
    fn describe(_: &mut Operation) {}
}

impl<U: Send + Sync + 'static> Verdict for Result<Option<U>, Error> {
    type User = U;

    fn into_user(self) -> Result<U, Denial> {
        self?.ok_or(Denial::invalid())
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.any_problem();
    }
}

impl<U: Send + Sync + 'static> Verdict for Result<U, Denial> {
    type User = U;

    fn into_user(self) -> Result<U, Denial> {
        self
    }
}
