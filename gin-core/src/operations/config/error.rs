//! The error of settings that cannot be read.

use std::fmt;

use crate::failure::FieldError;
use crate::operations::config::layers::Layers;

/// The error of [`config`](crate::config): all wrong settings at once, each with its file and line or its variable. It does not show
/// their values, as these may be secret.
///
/// ```
/// use gin::operations::{Config, ConfigError};
///
/// #[derive(Debug, serde::Deserialize)]
/// struct Settings {
///     name: String,
///     port: u16,
/// }
///
/// let error: ConfigError = Config::new().variables([("APP_PORT", "many")]).load::<Settings>().unwrap_err();
/// let text = error.to_string();
/// assert!(text.contains("APP_PORT: `port` must be a whole number from 0 to 65535"));
/// assert!(text.contains("`name` is missing; set it in gin.toml or by APP_NAME"));
/// ```
pub struct ConfigError {
    flaws: Vec<String>,
}

impl ConfigError {
    pub(super) fn new(flaws: Vec<String>) -> ConfigError {
        ConfigError { flaws }
    }

    /// Adds flaws.
    pub(super) fn with(mut self, flaws: Vec<String>) -> ConfigError {
        self.flaws.extend(flaws);
        self
    }

    /// Names the places of fields that are wrong.
    pub(super) fn of_fields(
        errors: &[FieldError],
        layers: &Layers,
        advice: &Advice<'_>,
    ) -> ConfigError {
        let flaws = errors.iter().map(|error| {
            let FieldError { path, message, .. } = error;
            match layers.origin(path) {
                _ if path.is_empty() => message.clone(),
                Some(origin) => format!("{origin}: `{path}` {message}"),
                None => format!("`{path}` {message}; {}", advice.to_set(path)),
            }
        });
        ConfigError::new(flaws.collect())
    }
}

/// The places where a setting can be set.
pub(super) struct Advice<'a> {
    pub(super) file: &'a str,
    pub(super) prefix: &'a str,
}

impl Advice<'_> {
    fn to_set(&self, path: &str) -> String {
        let Advice { file, prefix } = self;
        let variable = path
            .replace(['.', '['], "__")
            .replace(']', "")
            .to_uppercase();
        format!("set it in {file} or by {prefix}_{variable}")
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot read the settings:")?;
        self.flaws
            .iter()
            .try_for_each(|flaw| write!(f, "\n  {flaw}"))
    }
}

/// The text of the error, as `main` prints it.
impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ConfigError {}
