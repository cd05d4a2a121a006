//! `cargo gin tune`: measures which settings would make an edit's build faster.
//!
//! ```text
//! today ─► candidate ─► bench (scratch, hot, edit) ─► verdict ─► finding ─► offer ─► record
//! ```
//!
//! `scratch` is a copy of the sources in the target directory; the user's tree is only read. A candidate is measured in turns with
//! today's settings, so that a machine that slows down slows both. Settings are passed to cargo as `--config`, so that the
//! manifests of the copy stay the same. At most two target directories exist at a time.

mod advice;
mod arrangement;
mod bench;
mod budget;
mod candidate;
mod change;
mod copy;
mod edit;
mod feature;
mod finding;
mod hot;
mod lexer;
mod linker;
mod measurement;
mod offer;
mod profile;
mod progress;
mod record;
mod report;
mod run;
mod sample;
mod scratch;
mod search;
mod size;
mod table;
mod today;
mod tree;
mod verdict;

pub(crate) use run::run;
