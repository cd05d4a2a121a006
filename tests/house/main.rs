//! Rules of the repository that no compiler knows: the direction of imports, the language of everything that is read, the names in the
//! guides, the words by which the documentation is searched, the claims of the README and the list of examples, a test for each feature of
//! gin-core, the absence of unsafe code, the versions of dependencies and their lock files, the cost of a first build, and the size
//! of the app that is written twice.

mod claims;
mod features;
mod files;
mod floors;
mod gin;
mod guides;
mod language;
mod locks;
mod metadata;
mod profiles;
mod prose;
mod safety;
mod search;
mod sizes;
mod versions;
