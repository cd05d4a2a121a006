//! Accounts: names with their passwords.

use std::collections::HashSet;
use std::fmt;

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::extract::Needs;
use crate::future::BoxFuture;
use crate::middleware::Provided;
use crate::middleware::auth::equal::compare;
use crate::middleware::auth::verify::Verifier;
use crate::middleware::auth::{Credentials, Denial};
use crate::request::Context;

/// The name of a user that [`BasicAuth::accounts`](crate::middleware::BasicAuth::accounts) has let in.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::middleware::{BasicAuth, BasicUser};
///
/// async fn me(Extension(user): Extension<BasicUser>) -> String {
///     user.name().to_owned()
/// }
///
/// let app = Group::new("").with(BasicAuth::accounts([("ann", "open sesame")])).get("/me", me);
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let response = Client::new(app).get("/me").header("authorization", "Basic YW5uOm9wZW4gc2VzYW1l").await;
/// response.has_text("ann");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BasicUser(String);

impl BasicUser {
    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

/// Names with their passwords.
pub(super) struct Accounts(pub(super) Vec<(String, String)>);

impl Accounts {
    /// Returns everything that no client could log in with, and what lets in more of them than meant.
    pub(super) fn flaws(&self) -> Vec<String> {
        if self.0.is_empty() {
            return vec!["there are no accounts, so nobody can log in; add one".to_owned()];
        }
        let mut names = HashSet::new();
        let flaws = self.0.iter().filter_map(|(name, password)| {
            let reason = if name.is_empty() {
                "has no name; give it one"
            } else if password.is_empty() {
                "has no password; give it one"
            } else if name.contains(':') {
                "has a colon, which ends a name (RFC 7617 §2); leave it out"
            } else if name.contains(char::is_control) || password.contains(char::is_control) {
                "has control characters, which no client sends (RFC 7617 §2); leave them out"
            } else if !names.insert(name) {
                "is there twice; remove one"
            } else {
                return None;
            };
            Some(format!("the account {name:?} {reason}"))
        });
        flaws.collect()
    }

    /// Returns the name of the account with these credentials. Every account is compared, so that the time shows nothing.
    fn user(&self, credentials: &Credentials) -> Option<BasicUser> {
        const NONE: u64 = u64::MAX;
        let mut found = NONE;
        for (index, (name, password)) in (0..).zip(&self.0) {
            let is_this: Choice = compare(credentials.name().as_bytes(), name.as_bytes())
                & compare(credentials.password().as_bytes(), password.as_bytes());
            found.conditional_assign(&index, is_this);
        }
        let is_found = !found.ct_eq(&NONE);
        bool::from(is_found).then(|| BasicUser(credentials.name().to_owned()))
    }
}

impl Verifier<Credentials> for Accounts {
    fn verify<'a>(
        &'a self,
        cx: &'a mut Context,
        credentials: Credentials,
    ) -> BoxFuture<'a, Result<(), Denial>> {
        let user = self.user(&credentials).ok_or(Denial::invalid());
        let set = user.map(|user| cx.set(user));
        Box::pin(async move { set })
    }

    fn provides(&self, provided: &mut Provided) {
        provided.extension::<BasicUser>();
    }

    fn needs(&self, _: &mut Needs) {}

    #[cfg(feature = "openapi")]
    fn describe(&self, _: &mut Operation) {}
}

/// The names without the passwords.
impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}
