//! The guard against cross-site request forgery.

mod guard;
mod token;
#[cfg(feature = "cookies")]
mod tokens;

pub use guard::Csrf;
pub use token::CsrfToken;
#[cfg(feature = "cookies")]
pub(crate) use tokens::set_due_cookie;
