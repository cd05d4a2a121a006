//! Builds without cargo: rustc is called as cargo has called it, for the crates whose sources have changed and for those above them.
//!
//! While cargo builds, a wrapper of rustc takes its calls down. From then on, a change to nothing but sources does not need cargo's
//! start, its look at all packages, and its locks of their caches. Right before fast, by these rules:
//!
//! - Everything that cargo would look at is compared with its state after the last good build: manifests, configuration, the
//!   toolchain, inputs and output of build scripts, the library of each crate. If more than sources has changed, cargo builds.
//! - A source is a file that rustc has read for crates whose calls are all known. If a crate reads other files than before, cargo
//!   builds once more, since only cargo can write down which.
//! - All above a crate is compiled again, whatever its metadata says, because cargo would do so.
//! - Cargo's own lock is held. Its fingerprints are withdrawn before the first compiler starts, and come back one by one as compilers
//!   succeed. So wherever a build ends, cargo never takes an old crate for up to date.
//!
//! | file | content |
//! |---|---|
//! | `wrapper`, `recorder`, `call` | how a call is taken down and made again |
//! | `stand_in` | the names by which this program is called as another one |
//! | `unit`, `node`, `fingerprint`, `transcript` | what a call makes, and what cargo keeps about it |
//! | `stamp`, `baseline`, `plan`, `reason` | whether cargo is needed |
//! | `compiler`, `compilers`, `build` | the compilers, and the build that they are |
//! | `ahead` | a program that is compiled before its libraries are complete |
//! | `early`, `completion` | an app that starts before its program is complete |

mod ahead;
mod baseline;
mod build;
mod call;
mod compiler;
mod compilers;
mod completion;
mod early;
mod fingerprint;
mod node;
mod plan;
mod reason;
mod recorder;
mod stamp;
mod stand_in;
mod transcript;
mod unit;
mod wrapper;

pub(crate) use baseline::Lesson;
pub(crate) use build::{Fast, Start};
pub(crate) use early::LINKS_EARLY;
pub(crate) use reason::Reason;
pub(crate) use stand_in::stand_in;
pub(crate) use transcript::Transcript;
