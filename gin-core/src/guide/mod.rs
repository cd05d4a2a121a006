//! Guides for those who know another framework. Documentation only.
//!
//! - [`coming_from_gin`]: Go's gin, name by name.
//! - [`coming_from_axum`]: axum, name by name.
//!
//! Both put the code that is written first side by side, and end with the differences that are meant, each with its reason.
//!
//! Every other module has a guide of its own at its top: [`routing`](crate::routing), [`handlers`](crate::handlers),
//! [`extract`](crate::extract), [`response`](crate::response), [`middleware`](crate::middleware), [`failure`](crate::failure),
//! [`files`](crate::files), [`templates`](mod@crate::templates), [`cookies`](crate::cookies), [`sessions`](crate::sessions),
//! [`websocket`](crate::websocket), [`formats`](crate::formats), [`server`](crate::server), [`testing`](crate::testing).

pub mod coming_from_axum;
pub mod coming_from_gin;
