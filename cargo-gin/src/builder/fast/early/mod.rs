//! Early programs: an app starts before its complete program is linked.
//!
//! Most of a link is work on libraries that an edit leaves alone. So once a program is linked, all that it has taken of them is linked
//! again, as one shared library: its base. From then on, our linker, which rustc calls in the place of `cc`, first links the program
//! with its base, and announces it. The app starts. Meanwhile the program is linked as a whole, as cargo would have it, and only that
//! one is where cargo expects it. So after each build the target directory is as without us.
//!
//! An early program behaves like the complete one, by these rules:
//!
//! - The base has what the linker has taken for the complete program, no more and no less. An early program that needs more of a
//!   library is not linked.
//! - A base fits if options and libraries are the same, by their stamps.
//! - No symbol is defined in both parts, no variable is copied, no function has two addresses, and no part needs a symbol that the
//!   linker makes for the whole.
//! - The parts show each other names of Rust. A name of another language, which shared libraries of the system may have as well, must
//!   not be needed across the parts.
//! - Libraries with code that runs before or after `main` are not in a base.
//! - Whatever is unknown, or fails, leaves the program to the complete link.
//!
//! | file | content |
//! |---|---|
//! | `links`, `order` | what the dev server does, and what it prepares for our linker |
//! | `linker`, `command`, `record` | our linker, the command it is called by, and what it writes down |
//! | `maker`, `trace` | the process that makes a base |
//! | `base`, `digests` | what is known about a base |
//! | `parts`, `symbols` | the other parts of a program, and object files |

mod base;
mod command;
mod digests;
mod linker;
mod links;
mod maker;
mod order;
mod parts;
mod record;
mod symbols;
mod trace;

pub(super) use linker::{MARK_KIND, directory as linker_directory, link};
pub(super) use links::{EarlyLink, EarlyLinks};
pub(super) use maker::{is_called as is_maker, make};

/// `true` where programs can be linked early. Other systems have rules about symbols of their own.
pub(crate) const LINKS_EARLY: bool = cfg!(all(target_os = "linux", target_arch = "x86_64"));
