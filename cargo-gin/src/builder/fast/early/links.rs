//! The dev server's side of early programs: it prepares for our linker, and has bases made.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use anyhow::Context as _;
use tokio::process::Command;
use tokio::task::JoinSet;

use crate::builder::fast::early::LINKS_EARLY;
use crate::builder::fast::early::linker;
use crate::builder::fast::early::maker;
use crate::builder::fast::early::order::Order;
use crate::builder::fast::early::record::Record;
use crate::builder::fast::node::Node;
use crate::builder::fast::recorder::link_to_own_file;
use crate::builder::fast::unit::{UnitId, UnitKind};
use crate::os::process::Process;
use crate::os::reaper::Reaper;

/// Early links, and their bases. Dropping it ends the process that makes one.
#[derive(Debug)]
pub(in crate::builder::fast) struct EarlyLinks {
    /// The directory with our linker.
    directory: PathBuf,
    /// The libraries that were compiled without cargo, and most likely will be again.
    changing: BTreeSet<PathBuf>,
    maker: JoinSet<()>,
}

/// A program that our linker may link early.
#[derive(Clone, Debug)]
pub(in crate::builder::fast) struct EarlyLink {
    pub(in crate::builder::fast) id: UnitId,
    /// The arguments that make rustc call our linker.
    pub(in crate::builder::fast) arguments: [String; 2],
    /// The early program.
    pub(in crate::builder::fast) program: PathBuf,
    /// The directory of the base.
    directory: PathBuf,
}

impl EarlyLinks {
    /// Makes a directory inside of that of the recorder.
    pub(in crate::builder::fast) fn new(parent: &Path) -> anyhow::Result<EarlyLinks> {
        let directory = parent.join("link");
        fs::create_dir(&directory).context("cannot make a directory for the linker")?;
        for name in [linker::NAME, maker::NAME] {
            link_to_own_file(&directory.join(name))?;
        }
        Ok(EarlyLinks {
            directory,
            changing: BTreeSet::new(),
            maker: JoinSet::new(),
        })
    }

    /// Returns the directory with our linker.
    pub(in crate::builder::fast) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Notes what is being compiled.
    pub(in crate::builder::fast) fn note(&mut self, units: &BTreeMap<UnitId, Arc<Node>>) {
        let units = units.values().map(|node| node.unit());
        let libraries = units.filter(|unit| unit.kind == UnitKind::Library);
        self.changing
            .extend(libraries.map(|unit| unit.product.clone()));
    }

    /// Prepares for the compiler of the only program among these units. Returns `None` if it cannot be linked early.
    pub(in crate::builder::fast) fn prepare(
        &self,
        units: &BTreeMap<UnitId, Arc<Node>>,
    ) -> Option<EarlyLink> {
        let programs = units.values();
        let programs = programs.filter(|node| node.unit().kind == UnitKind::Binary);
        let [node] = <[_; 1]>::try_from(programs.collect::<Vec<_>>()).ok()?;
        let unit = node.unit();
        let has_linker = unit.call.words.iter().any(|word| word.contains("linker"));
        if !LINKS_EARLY || has_linker {
            return None;
        }
        let executable = node.artifact.executable.as_ref()?;
        // Beside the complete program, since an app may look for files there.
        let mut name = executable.file_name()?.to_owned();
        name.push(".early");
        let program = executable.with_file_name(name);
        let stem = unit.product.file_name()?;
        let directory = unit.profile_directory()?.join("gin-early").join(stem);
        // The loader of shared libraries replaces names such as `$LIB`.
        if directory.to_str()?.contains('$') {
            return None;
        }
        let order = Order {
            output: unit.product.clone(),
            program: program.clone(),
            directory: directory.clone(),
        };
        order.write(&self.directory).ok()?;
        let linker = self.directory.join(linker::NAME);
        Some(EarlyLink {
            id: unit.id.clone(),
            arguments: ["-C".to_owned(), format!("linker={}", linker.to_str()?)],
            program,
            directory,
        })
    }

    /// Has a base made if the program was linked as a whole for want of one. One that is being made is not given up: the next link may come
    /// before any base is done.
    pub(in crate::builder::fast) fn make_base(&mut self, link: &EarlyLink, reaper: &Reaper) {
        while self.maker.try_join_next().is_some() {}
        if !self.maker.is_empty() || !Record::is_in(&link.directory) {
            return;
        }
        let mut command = Command::new(self.directory.join(maker::NAME));
        command
            .arg(&link.directory)
            .args(&self.changing)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // Without a base the next link takes as long as this one.
        if let Ok(mut process) = Process::spawn(command, reaper) {
            self.maker.spawn(async move {
                let _ = process.wait().await;
            });
        }
    }
}
