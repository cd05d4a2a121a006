//! The book in `docs/`: its pages, links, blocks and commands, and the pages that are generated.

mod blocks;
mod generated;
mod links;
mod names;
mod pages;
mod text;
