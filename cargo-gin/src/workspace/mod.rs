//! What cargo metadata says: which package, which binary, what to watch.

mod binary;
mod layout;
mod manifests;

pub(crate) use layout::{Kind, Workspace};
pub(crate) use manifests::{Manifests, Tables, Unloadable, manifest};
