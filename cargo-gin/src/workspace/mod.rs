//! The workspace and its target, read from `cargo metadata`.

mod binary;
mod layout;
mod manifests;
mod metadata;
mod outline;
mod section;

pub(crate) use layout::{Kind, SideBinary, Workspace};
pub(crate) use manifests::{Manifests, Unloadable, manifest};
pub(crate) use outline::{Expected, Outline, Tables};
pub(crate) use section::Section;
