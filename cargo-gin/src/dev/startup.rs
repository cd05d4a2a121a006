//! Everything that is known before the first attempt.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Instant;

use crate::cargo;
use crate::cli::Dev;
use crate::dev::settings::Settings;
use crate::diagnostics::Diagnostics;
use crate::state::{Cause, History, Phase, Progress, Recipe, Status, Target, Timings};
use crate::terminal;
use crate::watcher::Scope;
use crate::workspace::{self, Manifests, Tables, Unloadable, Workspace};

/// The options and the workspace, as read from the command line and the manifests.
pub(super) struct Loaded {
    pub(super) dev: Dev,
    /// The part of the options that the manifests hold.
    pub(super) tables: Tables,
    /// Absent if cargo rejects the manifests.
    pub(super) workspace: Option<Arc<Workspace>>,
}

impl Loaded {
    fn without_workspace(dev: Dev, tables: Tables) -> Loaded {
        Loaded {
            dev,
            tables,
            workspace: None,
        }
    }
}

/// Reads the manifests, for the options and the workspace.
pub(super) async fn load(settings: &Settings) -> anyhow::Result<Loaded> {
    const PACKAGE: &str = "package.metadata.gin";
    const WORKSPACE: &str = "workspace.metadata.gin";
    let manifest = workspace::manifest(&settings.dev.selection)?;
    // Cargo may wait for the registry, or for a lock that another cargo holds.
    let text = format!("reading {} (cargo metadata)", manifest.display());
    terminal::announce(&settings.dev.terminal, &text);
    let manifests = match Manifests::read(&settings.dev.selection).await {
        Ok(manifests) => manifests,
        Err(Unloadable::Manifest(_)) => {
            let dev = settings.with(&[])?;
            check(&dev)?;
            return Ok(Loaded::without_workspace(dev, Tables::default()));
        }
        Err(Unloadable::Options(error)) => return Err(error),
    };
    let workspace = manifests.workspace_table();
    let dev = settings.with(&[(WORKSPACE, &workspace)])?;
    let tables = manifests.tables(&dev.selection);
    let dev = settings.with(&[(PACKAGE, &tables.package), (WORKSPACE, &tables.workspace)])?;
    check(&dev)?;
    // Optional dependencies depend on features, which the tables may have set, so the manifests are read again.
    let manifests =
        if cargo::resolution(&dev.selection) == cargo::resolution(&settings.dev.selection) {
            manifests
        } else {
            match Manifests::read(&dev.selection).await {
                Ok(manifests) => manifests,
                Err(Unloadable::Manifest(_)) => {
                    return Ok(Loaded::without_workspace(dev, tables));
                }
                Err(Unloadable::Options(error)) => return Err(error),
            }
        };
    let workspace = manifests.choose(&dev.selection)?;
    let workspace = Arc::new(workspace.built_with(&dev.build));
    Ok(Loaded {
        dev,
        tables,
        workspace: Some(workspace),
    })
}

/// Refuses options that are valid, but not together or not on this machine.
fn check(dev: &Dev) -> anyhow::Result<()> {
    let port = dev.addresses.port;
    if dev.run.overlap && dev.addresses.app_port.is_some() {
        anyhow::bail!("two apps cannot share a port; drop --overlap or --app-port");
    }
    if dev.addresses.app_port == Some(port) && shares_ports_of_app(dev.addresses.laddr) {
        anyhow::bail!(
            "the dev server itself listens on port {port}, so the app cannot; choose another port for the dev server with --port"
        );
    }
    if let Some(path) = dev.watch.path.iter().find(|path| !path.exists()) {
        anyhow::bail!(
            "{} does not exist and cannot be watched; create it, or drop --path",
            path.display()
        );
    }
    Ok(())
}

/// Returns `true` if a port of this address is taken at the app's address as well.
fn shares_ports_of_app(address: IpAddr) -> bool {
    address == IpAddr::from(Ipv4Addr::LOCALHOST) || address.is_unspecified()
}

/// The first status and scope.
pub(super) struct Initial {
    pub(super) status: Status,
    pub(super) scope: Scope,
}

impl Initial {
    /// Without a workspace, only its directory is known.
    pub(super) fn new(loaded: &Loaded) -> anyhow::Result<Initial> {
        let watch = &loaded.dev.watch;
        let (target, scope) = match &loaded.workspace {
            Some(workspace) => (workspace.target.clone(), Scope::new(workspace, watch)),
            None => unread(&loaded.dev)?,
        };
        let status = Status {
            target: Arc::new(target),
            attempt: 0,
            cause: Cause::Started,
            since: Instant::now(),
            phase: Phase::Building(Progress::default()),
            diagnostics: Arc::new(Diagnostics::default()),
            timings: Timings::default(),
            history: History::default(),
        };
        Ok(Initial { status, scope })
    }
}

/// Returns the target and scope of a package whose manifest cannot be read: only its directory is known.
fn unread(dev: &Dev) -> anyhow::Result<(Target, Scope)> {
    let manifest = workspace::manifest(&dev.selection)?;
    let directory = manifest.parent().unwrap_or(&manifest);
    let name = directory.file_name().unwrap_or_default().to_string_lossy();
    let target = Target {
        package: String::new(),
        name: name.into_owned(),
        root: directory.to_owned(),
        packages: Vec::new(),
        reports: false,
        recipe: Recipe::default(),
    };
    Ok((target, Scope::unread(directory, &dev.watch)))
}
