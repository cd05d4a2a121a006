//! `cargo gin new`: a project from an embedded template.

mod choice;
mod dependency;
mod members;
mod name;
mod project;
mod surroundings;
mod template;

pub(crate) use project::run;
