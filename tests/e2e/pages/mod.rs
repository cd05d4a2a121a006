//! The dev server's own pages in a real browser.

mod accessibility;
mod actions;
mod cargo_problems;
mod diffs;
mod journey;
mod keyboard;
mod layout;
mod list;
mod live;
mod permissions;
mod phases;
mod preferences;
mod print;
mod record;
mod remedies;
mod size;
mod tabs;
mod without_scripts;
