//! The content of each phase's page: progress, diagnostics, a crash.

pub(crate) mod building;
pub(crate) mod calls;
pub(crate) mod crash;
pub(crate) mod diagnostic;
pub(crate) mod document;
pub(crate) mod listing;
pub(crate) mod meaning;
pub(crate) mod said;
pub(crate) mod special;
pub(crate) mod waiting;
