//! The loading of settings.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde::de::DeserializeOwned;
use tracing::warn;

use crate::extract::{Notes, Reading};
use crate::operations::config::error::{Advice, ConfigError};
use crate::operations::config::file::{File, Presence, read};
use crate::operations::config::layers::Layers;
use crate::operations::config::unread;
use crate::operations::config::variables::{self, Variable};

/// Reads the app's settings into a type: from `gin.toml` in the working directory, if it is there, and from variables such as
/// `APP_DATABASE__URL`.
///
/// The table `[env.production]` of the file replaces settings if `GIN_ENV` is `production`, and variables replace both. Without
/// `GIN_ENV`, debug builds are in `development`, and others in `production`. Defaults are those of the type, by `#[serde(default)]`.
///
/// ```toml
/// name = "shop"
///
/// [database]
/// url = "postgres://localhost/shop"
/// pool = 4
///
/// [env.production.database]
/// pool = 32
/// ```
///
/// Variables are in upper case, with `__` before the name of a field inside another one: `APP_DATABASE__URL`. A list is spelled as
/// in the file: `APP_HOSTS=["a.test", "b.test"]`. A `bool` that is not set is false, and a list is empty.
///
/// A setting that the type does not have is logged as a warning, with the name that may have been meant.
///
/// `HOST` and `PORT`, which platforms set, are not settings: a [`Server`](crate::Server) without sockets listens there.
///
/// # Errors
///
/// Fails with all settings that are missing or wrong, each with its file and line or its variable.
///
/// ```no_run
/// use gin::operations::Secret;
/// use gin::prelude::*;
///
/// #[derive(serde::Deserialize)]
/// struct Settings {
///     name: String,
///     database: Database,
/// }
///
/// #[derive(serde::Deserialize)]
/// struct Database {
///     url: Secret<String>,
///     #[serde(default = "four")]
///     pool: u32,
/// }
///
/// fn four() -> u32 {
///     4
/// }
///
/// #[gin::main]
/// async fn main() -> gin::Result<()> {
///     let settings: Settings = gin::config()?;
///     info!("{} has {} connections", settings.name, settings.database.pool);
///     gin::default().run().await
/// }
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "config")))]
pub fn config<T: DeserializeOwned>() -> Result<T, ConfigError> {
    Config::new().load()
}

/// The sources of settings, for [`load`](Config::load). [`config`] is short for the default ones.
///
/// ```
/// use gin::operations::Config;
///
/// #[derive(serde::Deserialize)]
/// struct Settings {
///     name: String,
///     workers: u32,
/// }
///
/// let variables = [("SHOP_NAME", "shop"), ("SHOP_WORKERS", "4")];
/// let settings: Settings = Config::new().prefix("SHOP").variables(variables).load()?;
/// assert_eq!((settings.name.as_str(), settings.workers), ("shop", 4));
/// # Ok::<(), gin::operations::ConfigError>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "settings are read by `load`"]
pub struct Config {
    file: PathBuf,
    presence: Presence,
    prefix: String,
    environment: Option<String>,
    /// `None` for those of the process.
    variables: Option<Vec<Variable>>,
    unknown: Unknown,
}

/// The treatment of settings that the type does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unknown {
    Logged,
    Refused,
}

/// The settings of all sources, and warnings.
struct Gathered {
    layers: Layers,
    warnings: Vec<String>,
}

/// Warnings of settings that were read before there was a log.
static WARNINGS: Mutex<Vec<String>> = Mutex::new(Vec::new());

impl Default for Config {
    fn default() -> Config {
        Config::new()
    }
}

impl Config {
    /// Returns the default sources: `gin.toml`, and variables that start with `APP_`.
    pub fn new() -> Config {
        Config {
            file: PathBuf::from("gin.toml"),
            presence: Presence::Optional,
            prefix: "APP".to_owned(),
            environment: None,
            variables: None,
            unknown: Unknown::Logged,
        }
    }

    /// Reads this file in place of `gin.toml`. Unlike that, it must be there.
    pub fn file(mut self, path: impl Into<PathBuf>) -> Config {
        self.file = path.into();
        self.presence = Presence::Required;
        self
    }

    /// Sets the start of the names of variables, without the `_` after it. Default: `APP`.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Config {
        self.prefix = prefix.into();
        self
    }

    /// Sets the environment, whose table in the file counts. Default: `GIN_ENV`, else `development` in debug builds and `production`
    /// in others.
    pub fn environment(mut self, name: impl Into<String>) -> Config {
        self.environment = Some(name.into());
        self
    }

    /// Reads these variables in place of those of the process, for tests.
    pub fn variables<N, V>(mut self, variables: impl IntoIterator<Item = (N, V)>) -> Config
    where
        N: Into<OsString>,
        V: Into<OsString>,
    {
        let variables = variables.into_iter();
        let variables = variables.map(|(name, value)| (name.into(), value.into()));
        self.variables = Some(variables.collect());
        self
    }

    /// Refuses settings that the type does not have. Default: they are logged.
    #[doc(alias = "deny_unknown_fields")]
    pub fn strict(mut self) -> Config {
        self.unknown = Unknown::Refused;
        self
    }

    /// Reads the settings into a type.
    ///
    /// # Errors
    ///
    /// Fails with all settings that are missing or wrong, each with its file and line or its variable.
    pub fn load<T: DeserializeOwned>(self) -> Result<T, ConfigError> {
        let gathered = self.gather()?;
        let notes = Notes::default();
        let tree = gathered.layers.tree();
        let tree = tree.map_err(|flaw| ConfigError::new(vec![flaw]))?;
        let read = Reading::noting(&tree, &notes).read();
        let read = read.map_err(|errors| {
            let (file, prefix) = (self.file.display().to_string(), &*self.prefix);
            let advice = Advice {
                file: &file,
                prefix,
            };
            ConfigError::of_fields(&errors, &gathered.layers, &advice)
        });
        let unread = unread::messages(notes.unread(), &gathered.layers);
        self.finish(read, gathered.warnings, unread)
    }

    /// Returns the settings of all sources.
    fn gather(&self) -> Result<Gathered, ConfigError> {
        let mut layers = Layers::default();
        let (mut flaws, mut warnings) = (Vec::new(), Vec::new());
        match read(&self.file, self.presence) {
            Ok(Some(text)) => {
                let file = File::new(&self.file, &text);
                match file.add_to(&mut layers, &self.environment_name()) {
                    Ok(found) => warnings = found,
                    Err(found) => flaws = found,
                }
            }
            Ok(None) => {}
            Err(flaw) => flaws.push(flaw),
        }
        let variables = self.variables.clone();
        let variables = variables.unwrap_or_else(|| env::vars_os().collect());
        flaws.extend(variables::add(&mut layers, &self.prefix, variables));
        if flaws.is_empty() {
            Ok(Gathered { layers, warnings })
        } else {
            Err(ConfigError::new(flaws))
        }
    }

    fn environment_name(&self) -> String {
        let default = || {
            let name = if cfg!(debug_assertions) {
                "development"
            } else {
                "production"
            };
            name.to_owned()
        };
        let own = self.environment.clone();
        own.or_else(|| env::var("GIN_ENV").ok())
            .unwrap_or_else(default)
    }

    /// Logs the settings that were not read, or refuses them.
    fn finish<T>(
        &self,
        read: Result<T, ConfigError>,
        mut warnings: Vec<String>,
        unread: Vec<String>,
    ) -> Result<T, ConfigError> {
        let is_refused = self.unknown == Unknown::Refused && !unread.is_empty();
        if !is_refused {
            warnings.extend(unread);
            warn_of(warnings);
            return read;
        }
        match read {
            Ok(_) => Err(ConfigError::new(unread)),
            Err(error) => Err(error.with(unread)),
        }
    }
}

/// Logs warnings, or keeps them until there is a log.
fn warn_of(warnings: Vec<String>) {
    if tracing::dispatcher::has_been_set() {
        for warning in warnings {
            warn!("{warning}");
        }
        return;
    }
    let mut kept = WARNINGS.lock().unwrap_or_else(PoisonError::into_inner);
    kept.extend(warnings);
}

/// Logs the warnings that were kept.
pub(crate) fn log_warnings() {
    let kept = {
        let mut kept = WARNINGS.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *kept)
    };
    for warning in kept {
        warn!("{warning}");
    }
}
