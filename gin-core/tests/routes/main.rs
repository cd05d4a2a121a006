//! Settings of single routes, and the responses that the engine gives in the place of routes.

mod around;
mod instead;
mod settings;
mod trees;
mod urls;
