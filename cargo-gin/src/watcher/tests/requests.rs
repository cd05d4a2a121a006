//! Requests straight after a verification of so many inputs that the next one has to wait.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Instant, SystemTime};

use tempfile::{Builder, NamedTempFile, TempPath};
use tokio::sync::{mpsc, oneshot, watch};

use crate::cli::WatchOptions;
use crate::diagnostics::Diagnostics;
use crate::inputs::Inputs;
use crate::state::{
    Cause, Effect, Event, History, Phase, Progress, Recipe, Status, Target, Timings,
};
use crate::watcher::proof::Proofs;
use crate::watcher::scope::Scope;
use crate::watcher::task::Message;
use crate::watcher::tests::{Files, options};
use crate::watcher::watch::Watch;

/// A watching thread.
#[cfg_attr(
    not(target_os = "linux"),
    expect(dead_code, reason = "other systems prove nothing")
)]
pub(super) struct Watching {
    pub(super) message_tx: Sender<Message>,
    pub(super) event_rx: mpsc::Receiver<Event>,
    pub(super) proofs: Proofs,
    pub(super) scope_tx: watch::Sender<Scope>,
    _status_tx: watch::Sender<Status>,
}

impl Watching {
    /// Watches the package `app` with these inputs, and 5,000 more.
    pub(super) fn start(
        files: &Files,
        options: &WatchOptions,
        inputs: impl FnOnce(&Path, &mut Inputs),
    ) -> Watching {
        let mut all = Inputs::default();
        for number in 0..5_000 {
            files.write(&format!("many/{number}"), "");
        }
        all.add(files.path("many"), Effect::Rebuild);
        inputs(files.directory.path(), &mut all);
        let scope = Scope::unread(&files.path("app"), options, Inputs::default());
        let scope = scope.built(all, SystemTime::now());
        let (message_tx, message_rx) = channel();
        let (event_tx, event_rx) = mpsc::channel(16);
        let (status_tx, status_rx) = watch::channel(status());
        let (scope_tx, scope_rx) = watch::channel(scope.clone());
        let proofs = Proofs::new(scope_rx);
        let watch = Watch::new(scope, status_rx, proofs.clone(), event_tx, &message_tx);
        let watch = watch.unwrap();
        thread::spawn(move || watch.run(&message_rx));
        let mut watching = Watching {
            message_tx,
            event_rx,
            proofs,
            scope_tx,
            _status_tx: status_tx,
        };
        // The files were written just now.
        watching.request();
        watching
    }

    /// Requests a barrier. Returns the files that are reported as changed before it.
    pub(super) fn request(&mut self) -> BTreeSet<PathBuf> {
        let (done, _) = oneshot::channel();
        self.message_tx.send(Message::Barrier(done)).unwrap();
        let mut changed = BTreeSet::new();
        loop {
            match self.event_rx.blocking_recv().unwrap() {
                Event::Change(change) => match change.cause {
                    Cause::Changed(files) => changed.extend(files.names().cloned()),
                    cause => panic!("{cause:?}"),
                },
                Event::Barrier(_) => return changed,
                Event::Notice(_) => {}
            }
        }
    }

    /// Requests barriers until one leaves a proof: a verification that is due takes it away.
    #[cfg(target_os = "linux")]
    pub(super) fn settle(&mut self) {
        for _ in 0..1000 {
            self.request();
            if crate::state::Proof::holds(&self.proofs) {
                return;
            }
        }
        panic!("no proof");
    }

    /// Asserts that each write is reported at the next request, as a change of `path`.
    fn reports(&mut self, path: &Path, write: impl Fn(&str)) {
        for text in ["v2", "v3", "v4", "v5", "v6"] {
            self.request();
            write(text);
            assert_eq!(self.request(), BTreeSet::from([path.to_owned()]), "{text}");
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.message_tx.send(Message::End);
    }
}

fn status() -> Status {
    Status {
        target: Arc::new(Target {
            role: crate::state::Role::App,
            package: String::new(),
            name: String::new(),
            root: PathBuf::new(),
            packages: Vec::new(),
            reports: false,
            recipe: Recipe::default(),
        }),
        attempt: 0,
        cause: Cause::Started,
        since: Instant::now(),
        phase: Phase::Building(Progress::default()),
        diagnostics: Arc::new(Diagnostics::default()),
        timings: Timings::default(),
        edition: 0,
        muted: None,
        revival: crate::state::Revival::Save,
        history: History::default(),
        front: 3000,
    }
}

/// Returns a file in a directory that is too busy to be watched.
pub(super) fn busy_file(text: &str) -> TempPath {
    let file = NamedTempFile::new_in("/tmp").unwrap();
    fs::write(&file, text).unwrap();
    file.into_temp_path()
}

#[test]
fn a_file_in_a_busy_directory_is_looked_at() {
    let files = Files::new(&[("app/a", "")]);
    let file = busy_file("v1");
    let mut watching = Watching::start(&files, &options(), |_, inputs| {
        inputs.add(file.to_path_buf(), Effect::Rebuild);
    });
    watching.reports(&file, |text| fs::write(&file, text).unwrap());
    watching.reports(&file, |text| {
        fs::rename(busy_file(text).keep().unwrap(), &file).unwrap();
    });
}

#[test]
fn an_absent_file_in_a_busy_directory_is_looked_at() {
    let files = Files::new(&[("app/a", "")]);
    let file = busy_file("");
    fs::remove_file(&file).unwrap();
    let mut watching = Watching::start(&files, &options(), |_, inputs| {
        inputs.add(file.to_path_buf(), Effect::Rebuild);
    });
    watching.reports(&file, |_| {
        if fs::remove_file(&file).is_err() {
            fs::write(&file, "").unwrap();
        }
    });
}

#[test]
fn a_link_in_a_busy_directory_is_looked_at() {
    let files = Files::new(&[("app/a", ""), ("v1/b", "v1"), ("v2/b", "v1")]);
    let link = Builder::new().make_in("/tmp", |link| symlink(files.path("v1"), link));
    let link = link.unwrap().into_temp_path();
    let file = link.join("b");
    let mut watching = Watching::start(&files, &options(), |_, inputs| {
        inputs.add(&file, Effect::Rebuild);
    });
    watching.reports(&file, |text| files.write("v1/b", text));
    symlink(files.path("v2"), files.path("link")).unwrap();
    fs::rename(files.path("link"), &link).unwrap();
    watching.request();
    watching.reports(&file, |text| files.write("v2/b", text));
}

#[test]
fn a_file_behind_a_link_into_an_excluded_directory_is_looked_at() {
    let files = Files::new(&[("app/a", ""), ("data/b", "v1")]);
    files.link("../data/b", "app/b");
    let excluding = WatchOptions {
        exclude_dir: vec![files.path("data")],
        ..options()
    };
    let mut watching = Watching::start(&files, &excluding, |root, inputs| {
        inputs.add(root.join("app/b"), Effect::Rebuild);
    });
    watching.reports(Path::new("b"), |text| files.write("data/b", text));
}

#[test]
fn a_file_behind_a_link_in_a_declared_directory_is_watched() {
    let files = Files::new(&[("app/a", ""), ("proto/a", ""), ("v1/b", "v1")]);
    files.link("../v1/b", "proto/b");
    let mut watching = Watching::start(&files, &options(), |root, inputs| {
        inputs.add(root.join("proto"), Effect::Rebuild);
    });
    watching.reports(&files.path("proto/b"), |text| files.write("v1/b", text));
}

#[test]
fn a_file_in_a_directory_with_two_names_is_watched() {
    let files = Files::new(&[("app/a", ""), ("proto/a", ""), ("all/v1/b", "v1")]);
    files.link("../all/v1", "proto/now");
    let mut watching = Watching::start(&files, &options(), |root, inputs| {
        inputs.add(root.join("proto"), Effect::Rebuild);
        inputs.add(root.join("all/v1/other"), Effect::Rebuild);
    });
    watching.reports(&files.path("proto/now/b"), |text| {
        files.write("all/v1/b", text);
    });
}

#[test]
fn a_file_that_selects_members_is_looked_at() {
    let files = Files::new(&[("app/a", ""), ("app/b", "one"), (".git/index", "")]);
    files.write(".gitignore", "b\n");
    let mut watching = Watching::start(&files, &options(), |root, inputs| {
        inputs.add_package(root.join("app"));
    });
    watching.request();
    files.write(".gitignore", "");
    assert_eq!(watching.request(), BTreeSet::from([PathBuf::from("b")]));
}
