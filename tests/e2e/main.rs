//! The end-to-end tests: one binary, through the user's own door.

mod broken;
mod cancelling;
mod crashes;
mod dashboard;
mod editor;
mod edits;
mod endings;
mod environment;
mod frameworks;
mod freshness;
mod keys;
mod new;
mod options;
mod pages;
mod refusals;
mod reload;
mod reports;
mod site;
mod streams;
mod surroundings;
mod terminal;
