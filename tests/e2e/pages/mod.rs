//! Our own pages in a real browser: what a person sees on them, does with them, and where they lead.

mod accessibility;
mod actions;
mod causes;
mod journey;
mod keyboard;
mod list;
mod live;
mod paper;
mod phases;
mod rights;
mod script;
mod size;
mod tabs;
mod tastes;
