//! Rules of the repository that no compiler knows: the direction of imports, and the language of everything that is read.

mod files;
mod floors;
mod language;
mod prose;
