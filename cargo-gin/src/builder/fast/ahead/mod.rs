//! Programs that are compiled ahead of their libraries.
//!
//! Until it links, the compiler of a program needs no more of a library than its metadata, which is there long before its code. But it
//! wants to find it in a library. So as soon as the metadata is there, an outline is put in the place of the library: an archive with
//! nothing else. The compiler of the library replaces it in the end, by a rename. Our linker waits at a gate until all libraries of
//! its program are complete.
//!
//! Diagnostics are those of cargo, which would compile the program last: its messages are held back until the gate opens, and if a
//! library fails, it is ended and forgotten.
//!
//! | file | content |
//! |---|---|
//! | `outline` | a library without code |
//! | `gate` | where our linker waits |

mod gate;
mod outline;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use crate::builder::fast::ahead::gate::Gate;
use crate::builder::fast::call::Call;
use crate::builder::fast::node::{Node, below};
use crate::builder::fast::unit::{Unit, UnitId, UnitKind};

pub(super) use gate::pass as pass_gate;

/// The knowledge of this session about outlines.
#[derive(Debug, Default)]
pub(super) struct Outlines {
    /// The libraries whose compiler would understand one.
    suitable: BTreeSet<UnitId>,
}

/// A program that is compiled ahead of its libraries. Dropping it opens the gate.
#[derive(Debug)]
pub(super) struct Ahead {
    program: UnitId,
    /// The libraries that it waits for.
    libraries: BTreeSet<UnitId>,
    /// Those whose outline is there.
    outlined: BTreeSet<UnitId>,
    /// The messages about the program.
    messages: Vec<String>,
    _gate: Gate,
}

impl Outlines {
    /// Lets a program be compiled ahead of its libraries among these units, before the first is withdrawn. The linker with this
    /// directory waits for them. Returns `None` if there are none, or if the program has to be compiled last.
    pub(super) fn start(
        &mut self,
        program: &UnitId,
        units: &BTreeMap<UnitId, Arc<Node>>,
        linker: &Path,
    ) -> Option<Ahead> {
        let node = units.get(program)?;
        let libraries = below(units, node);
        let mut nodes = libraries.iter().filter_map(|id| units.get(id));
        let may_start = !libraries.is_empty()
            && !takes_code(&node.unit().call)
            && nodes.all(|node| self.suits(node.unit()));
        let gate = may_start.then(|| Gate::close(linker).ok())?;
        Some(Ahead {
            program: program.clone(),
            libraries,
            outlined: BTreeSet::new(),
            messages: Vec::new(),
            _gate: gate?,
        })
    }

    /// Returns `true` for a library that keeps its metadata as an outline does, or did before its last build failed.
    fn suits(&mut self, unit: &Unit) -> bool {
        let is_like = || {
            let metadata = unit.metadata.as_ref();
            unit.kind == UnitKind::Library
                && metadata.is_some_and(|metadata| outline::is_like(&unit.product, metadata))
        };
        let suits = self.suitable.contains(&unit.id) || is_like();
        if suits {
            self.suitable.insert(unit.id.clone());
        }
        suits
    }
}

impl Ahead {
    /// Returns `true` for the program.
    pub(super) fn is_of(&self, id: &UnitId) -> bool {
        self.program == *id
    }

    /// Makes the outline of a library whose metadata is there. If that fails, the program waits for the library.
    pub(super) fn outline(&mut self, unit: &Unit) {
        if self.libraries.contains(&unit.id)
            && let Some(metadata) = &unit.metadata
            && outline::write(&unit.product, metadata).is_ok()
        {
            self.outlined.insert(unit.id.clone());
        }
    }

    pub(super) fn has_outline(&self, id: &UnitId) -> bool {
        self.outlined.contains(id)
    }

    /// Holds a message about the program back.
    pub(super) fn hold(&mut self, message: String) {
        self.messages.push(message);
    }

    /// Returns `true` if all that it waits for is complete.
    pub(super) fn is_over(&self, complete: &BTreeSet<UnitId>) -> bool {
        self.libraries.is_subset(complete)
    }

    /// Opens the gate. Returns the messages that were held back.
    pub(super) fn open(self) -> impl Iterator<Item = (UnitId, String)> {
        let program = self.program;
        let messages = self.messages.into_iter();
        messages.map(move |message| (program.clone(), message))
    }

    /// Forgets what the compiler of the program has reported, and returns the program, which has to be ended.
    pub(super) fn give_up(&mut self) -> &UnitId {
        self.messages.clear();
        &self.program
    }
}

/// Returns `true` if the compiler may read code of libraries: by link-time optimization, or by what a file of arguments says.
fn takes_code(call: &Call) -> bool {
    let mut words = call.words.iter();
    words.any(|word| word.starts_with('@') || (word.contains("lto") && !word.contains('/')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builder::fast::call::tests::call;

    #[test]
    fn a_compiler_that_may_read_code_of_libraries_is_known() {
        for (line, expected) in [
            (
                "rustc --crate-name app -C embed-bitcode=no --extern a=/lto/liba.rlib",
                false,
            ),
            ("rustc --crate-name app -C lto", true),
            ("rustc --crate-name app -Clto=thin", true),
            ("rustc --crate-name app -C linker-plugin-lto", true),
            ("rustc --crate-name app @arguments", true),
        ] {
            assert_eq!(takes_code(&call(line)), expected, "{line}");
        }
    }
}
