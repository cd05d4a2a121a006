//! The workspace and its target, read from `cargo metadata`.

mod binary;
mod layout;
mod manifests;
mod metadata;
mod outline;
mod spec;

pub(crate) use layout::{Framework, Kind, SideBinary, Workspace};
pub(crate) use manifests::{Manifests, Unloadable, manifest};
pub(crate) use outline::{Expected, Outline, Tables};
