//! Everything that is known before the first attempt.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use anyhow::Context as _;

use crate::cli::{AddressOptions, DEFAULT_PORT, Dev};
use crate::dev::settings::Settings;
use crate::hooks::{self, Hooks};
use crate::inputs::Inputs;
use crate::sides::{self, Choice, Plan};
use crate::state::{Role, Status, Target};
use crate::watcher::Scope;
use crate::workspace::{self, Expected, Opening, Outline, Section, Tables};

/// The options, as read from the command line and the manifests, and the binary that they are expected to select.
pub(super) struct Loaded {
    pub(super) dev: Dev,
    /// The part of the options that the manifests hold.
    pub(super) tables: Tables,
    /// The processes beside the app.
    pub(super) sides: Vec<Plan>,
    pub(super) hooks: Hooks,
    expected: Expected,
    /// A notice about the ports, for the user.
    pub(super) notice: Option<String>,
}

/// Reads the options. Cargo is not run for that: it may wait for the registry, or for a lock that another cargo holds.
pub(super) fn load(settings: &Settings) -> anyhow::Result<Loaded> {
    const PACKAGE: &str = "package.metadata.gin";
    const WORKSPACE: &str = "workspace.metadata.gin";
    let outline = Outline::read(&workspace::manifest(&settings.dev.selection)?);
    let workspace = outline.workspace_table();
    let dev = settings.with(&[(WORKSPACE, &workspace)])?;
    let tables = outline.tables(&dev.selection);
    let mut dev = settings.with(&[(PACKAGE, &tables.package), (WORKSPACE, &tables.workspace)])?;
    let expected = outline.expected(&dev.selection);
    let directories = outline.directories(&dev.selection);
    // Two apps that overlap cannot have one port.
    let notice = if dev.run.overlap {
        None
    } else {
        leave_port(&mut dev.addresses, &directories.package)
    };
    check(&dev)?;
    let described = [
        (PACKAGE, &tables.package, &directories.package),
        (WORKSPACE, &tables.workspace, &directories.workspace),
    ]
    .map(|(name, table, directory)| Section {
        name,
        table,
        directory,
    });
    let choice = match (&dev.sides.with, dev.sides.no_with || dev.run.no_run) {
        (_, true) => Choice::None,
        (names, false) if names.is_empty() => Choice::All,
        (names, false) => Choice::Named(names),
    };
    let sides = sides::plans(&described, choice)?;
    let hooks = hooks::hooks(&described)?;
    Ok(Loaded {
        tables,
        sides,
        hooks: if dev.sides.no_hooks {
            Hooks::default()
        } else {
            hooks
        },
        dev,
        expected,
        notice,
    })
}

/// Leaves the port that the dev server would take to an app that listens there whatever `PORT` says, as far as its source shows it.
/// Returns what the user should know about that.
fn leave_port(addresses: &mut AddressOptions, package: &Path) -> Option<String> {
    if addresses.app_port.is_some() || addresses.port == Some(DEFAULT_PORT) {
        return None;
    }
    let source = package.join("src");
    let Opening { file, line } = workspace::opening(&source, DEFAULT_PORT)?;
    let file = file.strip_prefix(package).unwrap_or(&file).display();
    addresses.app_port = Some(DEFAULT_PORT);
    let own = *addresses.port.get_or_insert(DEFAULT_PORT + 1);
    Some(format!(
        "the app listens on port {DEFAULT_PORT} ({file}:{line}), so the dev server takes port {own}; an app that reads PORT gets one of its own"
    ))
}

/// Refuses options that are valid, but not together or not on this machine.
fn check(dev: &Dev) -> anyhow::Result<()> {
    let port = dev.addresses.port.unwrap_or(DEFAULT_PORT);
    match (&dev.tls.cert_file, &dev.tls.key_file) {
        (Some(_), None) => {
            anyhow::bail!("--cert-file needs the certificate's private key; add --key-file");
        }
        (None, Some(_)) => {
            anyhow::bail!("--key-file needs the key's certificate; add --cert-file");
        }
        _ => {}
    }
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
    /// Until cargo has read the manifests, only the directory of one is known.
    pub(super) fn new(loaded: &Loaded) -> anyhow::Result<Initial> {
        let Loaded { dev, expected, .. } = loaded;
        let manifest = workspace::manifest(&dev.selection)?;
        let directory = manifest.parent().unwrap_or(&manifest);
        let name = match expected.name.as_str() {
            "" => directory.file_name().unwrap_or_default().to_string_lossy(),
            name => name.into(),
        };
        let mut target = Target::named(&name, directory, Role::App);
        target.package.clone_from(&expected.package);
        let status = Status::new(target);
        let here = std::env::current_dir().context("cannot find the current directory")?;
        let inputs = Inputs::of_manifests(&manifest, &here, &[]);
        let scope = Scope::unread(directory, &dev.watch, inputs);
        Ok(Initial { status, scope })
    }
}
