//! Events of watched directories.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use notify::{Event, EventKind};

use crate::cli::Polling;
use crate::watcher::task::Message;
use crate::watcher::tests::Files;
use crate::watcher::watches::Watches;

/// Watched directories with the events in them.
struct Watched {
    files: Files,
    watches: Watches,
    message_rx: Receiver<Message>,
    writes: Cell<u32>,
}

impl Watched {
    fn new(files: &[(&str, &str)], directories: &[&str]) -> Watched {
        let (message_tx, message_rx) = channel();
        let mut watched = Watched {
            files: Files::new(files),
            watches: Watches::new(Polling::Auto, &message_tx).unwrap(),
            message_rx,
            writes: Cell::default(),
        };
        watched.replace(directories);
        watched
    }

    fn replace(&mut self, directories: &[&str]) {
        let directories: Vec<PathBuf> = directories
            .iter()
            .map(|name| self.files.path(name))
            .collect();
        self.watches.replace(directories);
    }

    /// Writes a file that exists. Returns the name in the event of that, or `None` if there is none before that of a file in `sentinel`.
    fn event(&mut self, name: &str) -> Option<String> {
        let sentinel = format!("sentinel/{}", self.writes.replace(self.writes.get() + 1));
        fs::write(self.files.path(name), "again").unwrap();
        fs::write(self.files.path(&sentinel), "again").unwrap();
        let mut found = None;
        loop {
            for event in self.events() {
                if !matches!(event.kind, EventKind::Modify(_)) {
                    continue;
                }
                let path = event.paths.first().unwrap();
                if path.ends_with(&sentinel) {
                    return found;
                }
                if path.file_name() == Path::new(name).file_name() {
                    found = Some(self.files.name(path));
                }
            }
        }
    }

    /// Returns the next events.
    fn events(&mut self) -> Vec<Event> {
        if self.watches.queue().is_some() {
            let events = self.watches.queued();
            assert!(!events.is_empty(), "events are queued as they happen");
            return events;
        }
        match self.message_rx.recv_timeout(Duration::from_secs(9)) {
            Ok(Message::Event(event)) => vec![event.unwrap()],
            _ => panic!("no event"),
        }
    }
}

const FILES: [(&str, &str); 3] = [("a/x", ""), ("b/x", ""), ("sentinel/s", "")];

#[test]
fn a_directory_by_two_spellings_is_watched_until_neither_is_wanted() {
    let mut watched = Watched::new(&FILES, &["sentinel"]);
    watched.files.link("a", "c");
    watched.replace(&["sentinel", "a", "c"]);
    assert_eq!(watched.event("a/x").as_deref(), Some("a/x"));
    watched.replace(&["sentinel", "c"]);
    assert!(watched.event("a/x").is_some());
    watched.replace(&["sentinel"]);
    assert_eq!(watched.event("a/x"), None);
    watched.replace(&["sentinel", "c"]);
    assert_eq!(watched.event("a/x").as_deref(), Some("c/x"));
}

#[test]
fn a_directory_made_again_is_watched() {
    let mut watched = Watched::new(&FILES, &["sentinel", "a"]);
    for _ in 0..3 {
        fs::remove_dir_all(watched.files.path("a")).unwrap();
        watched.files.write("a/x", "");
        watched.replace(&["sentinel", "a"]);
        assert_eq!(watched.event("a/x").as_deref(), Some("a/x"));
    }
}

#[test]
fn a_directory_that_was_moved_and_replaced_is_watched_where_it_is_wanted() {
    let mut watched = Watched::new(&FILES, &["sentinel", "a"]);
    watched.files.rename("a", "old");
    watched.files.rename("b", "a");
    watched.replace(&["sentinel", "a"]);
    assert_eq!(watched.event("a/x").as_deref(), Some("a/x"));
    assert_eq!(watched.event("old/x"), None);
    watched.replace(&["sentinel", "a", "old"]);
    assert_eq!(watched.event("old/x").as_deref(), Some("old/x"));
    // Both names change places, which leaves each watch with the name of the other.
    watched.files.rename("a", "b");
    watched.files.rename("old", "a");
    watched.files.rename("b", "old");
    watched.replace(&["sentinel", "a", "old"]);
    assert_eq!(watched.event("a/x").as_deref(), Some("a/x"));
    assert_eq!(watched.event("old/x").as_deref(), Some("old/x"));
}

#[test]
fn a_link_that_leads_elsewhere_is_followed() {
    let mut watched = Watched::new(&FILES, &["sentinel"]);
    watched.files.link("a", "c");
    watched.replace(&["sentinel", "c"]);
    watched.files.link("b", "c");
    watched.replace(&["sentinel", "c"]);
    assert_eq!(watched.event("b/x").as_deref(), Some("c/x"));
    assert_eq!(watched.event("a/x"), None);
}

#[test]
fn a_forgotten_directory_is_watched_again_if_it_is_still_wanted() {
    let mut watched = Watched::new(&FILES, &["sentinel", "a"]);
    // The event of a removal arrives after the directory was made again.
    assert!(watched.watches.forget(&watched.files.path("a")));
    assert!(!watched.watches.forget(&watched.files.path("a")));
    watched.replace(&["sentinel", "a"]);
    assert_eq!(watched.event("a/x").as_deref(), Some("a/x"));
}

#[test]
fn a_file_with_two_names_is_watched_by_itself() {
    let mut watched = Watched::new(&FILES, &["sentinel"]);
    fs::hard_link(watched.files.path("a/x"), watched.files.path("b/y")).unwrap();
    watched.replace(&["sentinel", "a", "a/x"]);
    assert_eq!(watched.event("b/y"), None, "its event has the other name");
    fs::write(watched.files.path("b/y"), "through its other name").unwrap();
    let file = watched.files.path("a/x");
    while !watched
        .events()
        .iter()
        .any(|event| event.paths.contains(&file))
    {}
}

#[test]
fn the_directories_in_one_that_moved_away_and_back_are_watched() {
    let mut watched = Watched::new(&[("a/b/x", ""), ("sentinel/s", "")], &["sentinel"]);
    watched.replace(&["sentinel", "a", "a/b"]);
    watched.files.rename("a", "c");
    assert!(watched.watches.forget(&watched.files.path("a")));
    assert_eq!(watched.event("c/b/x"), None, "its directory has gone");
    watched.files.rename("c", "a");
    watched.replace(&["sentinel", "a", "a/b"]);
    assert_eq!(watched.event("a/b/x").as_deref(), Some("a/b/x"));
}
