//! The styles of pages.

/// The style of every page.
pub(crate) const PAGE: &str = include_str!("page.css");

/// The additions of the dashboard and of a request's page.
pub(crate) const DASHBOARD: &str = include_str!("dashboard.css");

/// The additions of an incident's page.
pub(crate) const INCIDENT: &str = include_str!("incident.css");
