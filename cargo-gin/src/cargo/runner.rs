//! The runner: the program that starts the binaries of a platform, such as an emulator.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use anyhow::{Context as _, bail, ensure};
use cargo_metadata::cargo_platform::{self, Cfg};
use toml::Value;

use crate::cargo::config::{Found, Layers};
use crate::cargo::toolchain::query;
use crate::os::reaper::Reaper;

/// The program that starts a binary, which follows its own arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Runner {
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<String>,
}

/// The platform that a build is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Platform {
    triple: String,
    /// The settings of the compiler for it. Empty if no runner depends on them.
    cfgs: Vec<Cfg>,
}

impl Platform {
    /// Finds the platform of a build: that of `--target`, or that of the configuration, or `host`.
    pub(crate) async fn of(
        target: Option<&str>,
        host: &str,
        layers: &Layers,
        reaper: &Reaper,
    ) -> Platform {
        let configured = || match layers.find(&["build", "target"])?.value {
            Value::String(target) => Some(target),
            // Cargo itself refuses to run a binary of several targets.
            Value::Array(targets) => Some(targets.first()?.as_str()?.to_owned()),
            _ => None,
        };
        let target = target.map(str::to_owned).or_else(configured);
        let target = target.filter(|target| target != "host-tuple");
        let cfgs = if conditions(layers).is_empty() {
            Vec::new()
        } else {
            cfgs(target.as_deref(), reaper).await
        };
        Platform {
            triple: triple(target.as_deref().unwrap_or(host)).to_owned(),
            cfgs,
        }
    }

    /// Returns the name of its target, such as `x86_64-unknown-linux-gnu`.
    pub(crate) fn triple(&self) -> &str {
        &self.triple
    }
}

impl Runner {
    /// Finds the runner of a platform, by cargo's rules: `target.TRIPLE.runner` or its variable, else the only
    /// `target.'cfg(…)'.runner` whose condition holds.
    pub(crate) fn find(platform: &Platform, layers: &Layers) -> anyhow::Result<Option<Runner>> {
        let key = ["target", &platform.triple, "runner"];
        if let Some(found) = layers.find(&key) {
            return Runner::read(&key, &found).map(Some);
        }
        let conditions = conditions(layers);
        let mut holding = conditions
            .iter()
            .filter(|condition| holds(condition, platform));
        let Some(condition) = holding.next() else {
            return Ok(None);
        };
        if let Some(other) = holding.next() {
            bail!(
                "both `{condition}` and `{other}` have a runner in cargo's configuration, and both hold for {}; keep one",
                platform.triple
            );
        }
        let key = ["target", condition, "runner"];
        let found = layers.find_written(&key);
        found.map(|found| Runner::read(&key, &found)).transpose()
    }

    fn read(key: &[&str], found: &Found) -> anyhow::Result<Runner> {
        let key = format!("`{}` in {}", key.join("."), found.name);
        let words: Option<Vec<String>> = match &found.value {
            Value::String(line) => Some(line.split_whitespace().map(str::to_owned).collect()),
            Value::Array(words) => words
                .iter()
                .map(|word| word.as_str().map(str::to_owned))
                .collect(),
            _ => None,
        };
        let words = words.with_context(|| format!("{key} is neither text nor a list of it"))?;
        let Some((program, args)) = words.split_first() else {
            bail!("{key} is empty; name a program, or drop it");
        };
        // A path is relative to the configuration. A name is searched for in `PATH`.
        let program = if program.contains(std::path::is_separator) {
            found.base.join(program)
        } else {
            PathBuf::from(program)
        };
        ensure!(
            exists(&program),
            "the runner {} is not installed; {key} names it",
            program.display()
        );
        Ok(Runner {
            program,
            args: args.to_vec(),
        })
    }

    /// Returns the arguments of the runner that start a program.
    pub(crate) fn args(&self, program: &Path, args: &[String]) -> Vec<std::ffi::OsString> {
        let own = self.args.iter().map(Into::into);
        let program = [program.as_os_str().to_owned()];
        own.chain(program)
            .chain(args.iter().map(Into::into))
            .collect()
    }
}

/// Returns the conditions, `cfg(…)`, under which there is a runner.
fn conditions(layers: &Layers) -> BTreeSet<String> {
    let keys = layers.keys("target").filter(|key| key.starts_with("cfg("));
    let has_runner = |key: &&str| layers.find_written(&["target", key, "runner"]).is_some();
    keys.filter(has_runner).map(str::to_owned).collect()
}

fn holds(condition: &str, platform: &Platform) -> bool {
    // Cargo itself rejects a condition that cannot be read.
    cargo_platform::Platform::from_str(condition)
        .is_ok_and(|condition| condition.matches(&platform.triple, &platform.cfgs))
}

/// Returns the name of a target: that of a custom one is the name of its file.
fn triple(target: &str) -> &str {
    let path = Path::new(target);
    let is_file = path
        .extension()
        .is_some_and(|extension| extension == "json");
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    stem.filter(|_| is_file).unwrap_or(target)
}

/// Queries the settings of the compiler for a target. None are known if that fails.
async fn cfgs(target: Option<&str>, reaper: &Reaper) -> Vec<Cfg> {
    let target = target.into_iter().flat_map(|target| ["--target", target]);
    let args: Vec<&str> = ["--print=cfg"].into_iter().chain(target).collect();
    let text = query(&args, reaper).await.unwrap_or_default();
    text.lines().filter_map(|line| line.parse().ok()).collect()
}

/// Returns `true` if a program can be found, as a path or by its name.
fn exists(program: &Path) -> bool {
    if program.components().count() > 1 {
        return program.exists();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let name = program.as_os_str().to_owned();
    std::env::split_paths(&path).any(|directory| {
        let with_suffix = format!("{}{}", name.display(), std::env::consts::EXE_SUFFIX);
        directory.join(&name).is_file() || directory.join(with_suffix).is_file()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Returns the runner of this configuration for Linux, or the error.
    fn runner(config: &str) -> Result<Option<Runner>, String> {
        let platform = Platform {
            triple: "x86_64-unknown-none.2-linux".to_owned(),
            cfgs: vec![
                "unix".parse().unwrap(),
                "target_os=\"linux\"".parse().unwrap(),
            ],
        };
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join(".cargo")).unwrap();
        std::fs::write(root.path().join(".cargo/config.toml"), config).unwrap();
        std::fs::write(root.path().join("run"), "").unwrap();
        let layers = Layers::of(&[], BTreeMap::new(), root.path(), None).unwrap();
        let runner = Runner::find(&platform, &layers);
        runner.map_err(|error| {
            error
                .to_string()
                .replace(&root.path().display().to_string(), "…")
        })
    }

    #[test]
    fn the_runner_of_the_triple_beats_the_only_one_whose_condition_holds() {
        const UNIX: &str = "target.'cfg(unix)'.runner = 'cargo unix'\n";
        const WINDOWS: &str = "target.'cfg(windows)'.runner = 'cargo windows'\n";
        const TRIPLE: &str =
            "[target.'x86_64-unknown-none.2-linux']\nrunner = ['cargo', 'the triple']\n";
        for (config, expected) in [
            (String::new(), None),
            (WINDOWS.to_owned(), None),
            ("target.'cfg(unix)'.linker = 'cc'".to_owned(), None),
            (format!("{UNIX}{WINDOWS}"), Some("unix")),
            (format!("{UNIX}{WINDOWS}{TRIPLE}"), Some("the triple")),
        ] {
            let expected = expected.map(|word| Runner {
                program: "cargo".into(),
                args: vec![word.to_owned()],
            });
            assert_eq!(runner(&config), Ok(expected), "{config}");
        }
    }

    #[test]
    fn a_path_is_relative_to_the_parent_of_the_config_directory() {
        let found = runner("target.'cfg(unix)'.runner = './run  -a -b'").unwrap();
        let found = found.expect("there is one");
        assert!(found.program.ends_with("run"), "{found:?}");
        assert!(found.program.is_absolute(), "{found:?}");
        assert_eq!(found.args, ["-a", "-b"]);
    }

    #[test]
    fn a_runner_that_cannot_be_used_is_named_with_its_file() {
        for (config, expected) in [
            (
                "target.'cfg(unix)'.runner = 'cargo'\ntarget.'cfg(target_os = \"linux\")'.runner = 'cargo'",
                "both `cfg(target_os = \"linux\")` and `cfg(unix)` have a runner in cargo's configuration",
            ),
            (
                "target.'cfg(unix)'.runner = 'no-such-runner -x'",
                "the runner no-such-runner is not installed; `target.cfg(unix).runner` in …/.cargo/config.toml names it",
            ),
            (
                "target.'cfg(unix)'.runner = 'tools/none'",
                "the runner …/tools/none is not installed",
            ),
            ("target.'cfg(unix)'.runner = []", "is empty"),
            (
                "target.'cfg(unix)'.runner = 1",
                "is neither text nor a list",
            ),
        ] {
            let error = runner(config).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
