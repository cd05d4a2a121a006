//! TLS on both sides of the dev server: its certificates, those of `--cert-file` or those that it issues by itself for `--https`, and
//! connections to an app that speaks TLS.
//!
//! ```text
//! --cert-file ─► pair ─► files ───────────┐
//!                                         ├─► server   the configuration for each connection
//! --https ─► store ─► authority ─► issued ┘
//!                        └─► trust    how this machine learns to trust the authority
//! ```
//!
//! The authority is this user's: mkcert's if there is one, else one of our own, which is made once. Ours is restricted to names
//! and addresses that cannot be anybody's on the internet, so that its key, if it leaks, cannot stand for other sites.

mod authority;
mod files;
mod issued;
mod local;
mod material;
mod pair;
mod server;
mod stamp;
mod store;
mod trust;

pub(crate) use authority::Subject;
pub(crate) use local::shake_hands;
pub(crate) use material::Material;
pub(crate) use server::Tls;
