//! `cargo gin new`: a project from an embedded template.

mod project;
mod template;

pub(crate) use project::run;
