//! A node: a unit with all that cargo keeps about it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use tokio::time::sleep;

use crate::builder::fast::fingerprint::Fingerprint;
use crate::builder::fast::reason::Reason;
use crate::builder::fast::stamp::Stamp;
use crate::builder::fast::transcript::Artifact;
use crate::builder::fast::unit::{Unit, UnitId, UnitKind};
use crate::inputs::DepInfo;

/// A time in which every file system's clock ticks.
const TICKS: Duration = Duration::from_millis(20);

/// A unit whose call was recorded.
#[derive(Clone, Debug)]
pub(super) struct Recorded {
    pub(super) unit: Arc<Unit>,
    /// The units that were up to date when it was compiled. None of them depends on it.
    pub(super) independent: Arc<BTreeSet<UnitId>>,
}

/// A unit with all that cargo keeps about it.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) recorded: Recorded,
    pub(super) artifact: Artifact,
    /// The files that it was compiled from.
    pub(super) dep_info: DepInfo,
    /// Absent unless cargo keeps it in the usual way.
    pub(super) fingerprint: Option<Fingerprint>,
    /// The names, outside of cargo's own directories, that the product is linked to.
    links: Vec<PathBuf>,
}

impl Node {
    /// Reads what cargo keeps about a unit that is up to date.
    pub(super) fn read(recorded: Recorded, artifact: &Artifact) -> Node {
        let unit = &recorded.unit;
        let text = fs::read_to_string(unit.id.dep_info()).unwrap_or_default();
        let dep_info = DepInfo::parse(&text);
        let links = artifact.files.iter();
        let links = links.filter(|file| !unit.products().any(|product| product == *file));
        let links: Vec<_> = links.cloned().collect();
        // Rustc cuts a name at a line break, so that cargo misses the file and compiles the unit at each build.
        let is_there = |file: &PathBuf| unit.call.directory.join(file).exists();
        let is_usual = !dep_info.files.is_empty()
            && dep_info.files.iter().all(is_there)
            && !dep_info.has_checksums
            && links.iter().all(|link| is_link_to(link, &unit.product));
        Node {
            fingerprint: is_usual.then(|| Fingerprint::of(unit)).flatten(),
            artifact: artifact.clone(),
            dep_info,
            links,
            recorded,
        }
    }

    pub(super) fn unit(&self) -> &Unit {
        &self.recorded.unit
    }

    /// Returns its fingerprint, if the unit can be compiled without cargo.
    pub(super) fn compilable(&self) -> Result<&Fingerprint, Reason> {
        let name = &self.artifact.target.name;
        if self.unit().kind == UnitKind::Other {
            return Err(Reason::Kind(name.clone()));
        }
        let fingerprint = self.fingerprint.as_ref();
        fingerprint.ok_or_else(|| Reason::Fingerprint(name.clone()))
    }

    /// Returns the stamps of its products and of their other names.
    pub(super) fn stamps(&self) -> Vec<(PathBuf, Stamp)> {
        let products = self.unit().products();
        let all = products.chain(self.links.iter().map(PathBuf::as_path));
        all.map(|path| (path.to_owned(), Stamp::of(path, &[])))
            .collect()
    }

    /// Prepares for the compiler, as cargo does. Returns the time by the file system's clock.
    pub(super) async fn begin(&self) -> Result<SystemTime, Reason> {
        let began = self.began_after_the_sources().await?;
        // A linker that writes in place would change the program that runs, by its other name.
        remove(&self.unit().product)?;
        Ok(began)
    }

    /// Withdraws the fingerprint at a time that is not before that of any source, by which cargo would find the unit stale.
    ///
    /// The file system's clock ticks every few milliseconds, and a source may have a finer time, which is ahead of it.
    async fn began_after_the_sources(&self) -> Result<SystemTime, Reason> {
        let fingerprint = self.compilable()?;
        let directory = &self.unit().call.directory;
        let sources = self.dep_info.files.iter().map(|file| directory.join(file));
        let sources = sources.filter_map(|file| fs::metadata(file).ok()?.modified().ok());
        let newest = sources.max().unwrap_or(SystemTime::UNIX_EPOCH);
        let start = Instant::now();
        loop {
            let began = fingerprint.withdraw()?;
            if began >= newest {
                return Ok(began);
            }
            if start.elapsed() > TICKS {
                return Err(Reason::Ahead(self.artifact.target.name.clone()));
            }
            sleep(Duration::from_millis(1)).await;
        }
    }

    /// Verifies that a compiler which has come to the linker has read the same files as before.
    pub(super) fn verify_files(&self) -> Result<(), Reason> {
        let text = fs::read_to_string(self.unit().id.dep_info())?;
        if DepInfo::parse(&text) == self.dep_info {
            Ok(())
        } else {
            Err(Reason::OtherFiles(self.artifact.target.name.clone()))
        }
    }

    /// Writes what cargo would write for a compiler that has succeeded and reported this.
    pub(super) fn complete(&self, began: SystemTime, messages: &[u8]) -> Result<(), Reason> {
        let fingerprint = self.compilable()?;
        self.verify_files()?;
        for link in &self.links {
            remove(link)?;
            fs::hard_link(&self.unit().product, link)?;
        }
        fingerprint.confirm(began, messages)?;
        Ok(())
    }
}

/// Returns those of these units that a program consists of, besides itself.
pub(super) fn below(units: &BTreeMap<UnitId, Arc<Node>>, program: &Node) -> BTreeSet<UnitId> {
    let mut found = BTreeSet::new();
    let mut waiting: Vec<_> = program.unit().externs.iter().collect();
    while let Some(id) = waiting.pop() {
        if let Some(node) = units.get(id)
            && found.insert(id.clone())
        {
            waiting.extend(&node.unit().externs);
        }
    }
    found
}

/// Returns `true` if both are names of one file.
pub(super) fn is_link_to(link: &Path, file: &Path) -> bool {
    Stamp::of(link, &[]).is_same_file(&Stamp::of(file, &[]))
}

fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
