//! Incidents: failures of single requests that an app built on gin-core reports, and its routes.

mod incident;
mod miss;
mod mistake;
mod pattern;
mod route;
mod signature;
mod wire;

pub(crate) use incident::{Incident, Request};
pub(crate) use miss::{Difference, Miss, SimilarPath};
pub(crate) use mistake::{Mistake, pairs};
pub(crate) use route::{Route, Routes};
pub(crate) use signature::{Argument, Parameter};
pub(crate) use wire::{Answer, Failure, Mismatch, Report, View};
