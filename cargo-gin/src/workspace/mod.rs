//! The workspace and its target, read from `cargo metadata`.

mod binary;
mod layout;
mod manifests;

pub(crate) use layout::{Kind, Workspace};
pub(crate) use manifests::{Manifests, Tables, Unloadable, manifest};
