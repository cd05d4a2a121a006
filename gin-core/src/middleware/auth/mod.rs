//! Guards that let only users in: by name and password, or by token.

mod accounts;
mod basic;
mod bearer;
mod challenge;
mod credentials;
mod denial;
mod equal;
mod token;
mod verify;

pub use accounts::BasicUser;
pub use basic::BasicAuth;
pub use bearer::{Bearer, bearer};
pub use credentials::Credentials;
pub use denial::{Denial, Verdict};
pub(super) use equal::is_equal;
pub use token::Token;
pub use verify::Verify;
