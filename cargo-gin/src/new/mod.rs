//! `cargo gin new`: a project from an embedded template.

mod members;
mod project;
mod surroundings;
mod template;

pub(crate) use project::run;
