//! The list of the remedies for a status.

use crate::remedies::remedy::{Action, Remedy};
use crate::remedies::{crates, files, holder};
use crate::state::{Phase, Status};

/// The most remedies that a page offers.
const MOST: usize = 5;

/// Returns the remedies for what a page of this status shows. It reads the disk and the system's lists of processes.
pub(crate) fn all(status: &Status) -> Vec<Remedy> {
    let mut remedies = match &status.phase {
        Phase::Failed => [crates::missing(status), files::denied(status)].concat(),
        Phase::Crashed(exit) if exit.wants_taken_port() => {
            Vec::from_iter(holder::of_taken_port(exit, status))
        }
        Phase::Starting(start) if start.is_elsewhere() => {
            let opened = start.opened.iter();
            opened.map(|port| use_port(*port)).collect()
        }
        _ => Vec::new(),
    };
    remedies.truncate(MOST);
    remedies
}

fn use_port(port: u16) -> Remedy {
    Remedy {
        label: format!("Use {port}"),
        action: Action::UsePort(port),
    }
}
