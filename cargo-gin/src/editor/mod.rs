//! The user's editor: finding it, starting it at a place, and the ids of places on pages.

mod argv;
mod host;
mod launch;
mod spot;

pub(crate) use launch::{Editor, Unopenable};
pub(crate) use spot::{FileList, Spot};
