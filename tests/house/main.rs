//! Rules of the repository that no compiler knows: the direction of imports, the language of everything that is read, and the versions of
//! dependencies.

mod files;
mod floors;
mod language;
mod prose;
mod versions;
