//! The site of a crash: what it has in common with the next one if the same request causes both.

use std::path::Path;

use crate::os::exit::ExitStatus;
use crate::panic::Place;
use crate::state::{Exit, Sent};

/// The site of a crash: the place of a panic, or else the requests that the app served. An exit without either has none: what an app
/// lacks when it starts, such as a database, may come by itself.
#[derive(Debug)]
pub(super) struct CrashSite {
    end: ExitStatus,
    /// The place of the last panic.
    place: Option<Place>,
    in_flight: Vec<Sent>,
}

impl CrashSite {
    /// Returns the site of a crash, if the app panicked or served requests.
    pub(super) fn of(exit: &Exit, root: &Path) -> Option<CrashSite> {
        let place = exit.panics(root).pop().map(|panic| panic.place);
        (place.is_some() || !exit.in_flight.is_empty()).then(|| CrashSite {
            end: exit.status,
            place,
            in_flight: exit.in_flight.clone(),
        })
    }

    /// Returns `true` if both crashes panicked at the same place, or ended in the same way over the same request.
    pub(super) fn is_same(&self, other: &CrashSite) -> bool {
        if self.end != other.end {
            return false;
        }
        match (&self.place, &other.place) {
            (Some(one), Some(other)) => one == other,
            (None, None) => {
                let requests = |site: &CrashSite| -> Vec<_> {
                    let sent = site.in_flight.iter();
                    sent.map(|sent| (sent.method.clone(), sent.path.clone()))
                        .collect()
                };
                let before = requests(other);
                requests(self)
                    .iter()
                    .any(|request| before.contains(request))
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(code: i32, line: Option<usize>, paths: &[&str]) -> CrashSite {
        let place = line.map(|line| Place {
            file: "src/main.rs".to_owned(),
            line,
            column: 5,
        });
        let sent = paths.iter().map(|path| Sent {
            id: 1,
            method: "GET".to_owned(),
            path: (*path).to_owned(),
        });
        CrashSite {
            end: ExitStatus::Code(code),
            place,
            in_flight: sent.collect(),
        }
    }

    #[test]
    fn crashes_at_one_place_or_else_over_one_request_are_the_same() {
        let sites = [
            site(101, Some(3), &["/a"]),
            site(101, Some(3), &["/b"]),
            site(101, Some(4), &["/a"]),
            site(1, None, &["/a", "/b"]),
            site(1, None, &["/b", "/c"]),
            site(1, None, &["/c"]),
            site(2, None, &["/c"]),
        ];
        let are_same = |one: usize, other: usize| {
            one == other || matches!((one.min(other), one.max(other)), (0, 1) | (3, 4) | (4, 5))
        };
        for (one, site) in sites.iter().enumerate() {
            for (other, later) in sites.iter().enumerate() {
                let found = later.is_same(site);
                assert_eq!(found, are_same(one, other), "{one} and {other}");
            }
        }
    }
}
