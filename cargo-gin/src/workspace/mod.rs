//! The workspace and its target, read from `cargo metadata`.

mod binary;
mod document;
mod fixed_port;
mod graph;
mod layout;
mod manifests;
mod metadata;
mod outline;
mod section;
mod spec;

pub(crate) use document::edited;
pub(crate) use fixed_port::{Opening, opening};
pub(crate) use layout::{Framework, Kind, SideBinary, Workspace};
pub(crate) use manifests::{Manifests, Unloadable, manifest};
pub(crate) use outline::{Expected, Outline, Tables};
pub(crate) use section::Section;
