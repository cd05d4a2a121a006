//! Proofs of requests that nothing has happened, on the system whose queue can be looked at.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::SystemTime;

use tempfile::TempPath;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::oneshot;

use crate::inputs::Inputs;
use crate::state::{Cause, Effect, Event, Proof as _};
use crate::watcher::task::Message;
use crate::watcher::tests::requests::{Watching, busy_file};
use crate::watcher::tests::{Files, options};

/// Watches a package with one input, and this file.
fn start(files: &Files, other: Option<&TempPath>) -> Watching {
    Watching::start(files, &options(), |root, inputs| {
        inputs.add(root.join("app/a"), Effect::Rebuild);
        if let Some(other) = other {
            inputs.add(other.to_path_buf(), Effect::Rebuild);
        }
    })
}

/// Asserts that no proof has held since this file was written, unless its change was sent before.
fn is_not_missed(watching: &mut Watching, file: &Path) {
    let holds = watching.proofs.holds();
    if !sent(watching, file) {
        assert!(!holds, "{}", file.display());
        assert_eq!(watching.request(), BTreeSet::from([file.to_owned()]));
    }
}

/// Takes the events that were sent so far. Returns `true` if a change of this file is among them.
fn sent(watching: &mut Watching, file: &Path) -> bool {
    let mut is_sent = false;
    loop {
        match watching.event_rx.try_recv() {
            Ok(Event::Change(change)) => match change.cause {
                Cause::Changed(files) => is_sent |= files.names().any(|changed| changed == file),
                cause => panic!("{cause:?}"),
            },
            Ok(Event::Barrier(_) | Event::Notice(_)) => {}
            Err(TryRecvError::Empty) => return is_sent,
            Err(TryRecvError::Disconnected) => panic!("the thread has ended"),
        }
    }
}

#[test]
fn a_save_takes_the_proof_away_at_once() {
    let files = Files::new(&[("app/a", "v1")]);
    let mut watching = start(&files, None);
    for text in ["v2", "v3", "v4", "v5", "v6"] {
        watching.settle();
        files.write("app/a", text);
        is_not_missed(&mut watching, Path::new("a"));
    }
}

#[test]
fn a_proof_holds_again_once_the_change_was_sent() {
    let files = Files::new(&[("app/a", "v1")]);
    let mut watching = start(&files, None);
    watching.settle();
    for round in 0..20 {
        files.write("app/a", &format!("round {round}"));
        let mut is_sent = false;
        loop {
            let holds = watching.proofs.holds();
            is_sent |= sent(&mut watching, Path::new("a"));
            if holds {
                break;
            }
            // A verification that is due needs a request.
            let (done, _) = oneshot::channel();
            watching.message_tx.send(Message::Barrier(done)).unwrap();
            thread::yield_now();
        }
        assert!(is_sent, "round {round}");
    }
}

#[test]
fn a_name_that_no_event_reports_takes_the_proof_away() {
    let files = Files::new(&[("app/a", "v1")]);
    let file = busy_file("");
    fs::remove_file(&file).unwrap();
    let mut watching = start(&files, Some(&file));
    watching.settle();
    fs::write(&file, "").unwrap();
    is_not_missed(&mut watching, &file);
}

#[test]
fn a_scope_that_was_not_concluded_takes_the_proof_away() {
    let files = Files::new(&[("app/a", "v1"), ("app/b", "v1")]);
    let mut watching = start(&files, None);
    watching.settle();
    let mut inputs = Inputs::default();
    inputs.add(files.path("app/b"), Effect::Rebuild);
    let scope = watching.scope_tx.borrow().built(inputs, SystemTime::now());
    watching.scope_tx.send_replace(scope.clone());
    assert!(!watching.proofs.holds());
    watching.message_tx.send(Message::Scope(scope)).unwrap();
    watching.settle();
    files.write("app/b", "v2");
    is_not_missed(&mut watching, Path::new("b"));
}
