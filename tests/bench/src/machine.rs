//! The machine that a benchmark runs on.

use std::env::consts::OS;
use std::fmt::{self, Display, Formatter};
use std::fs;
use std::process::Command;
use std::thread;

use crate::procfs;

/// The machine that a benchmark runs on, with its system and its compiler. What the machine does not say is left out.
#[derive(Clone, Debug)]
pub struct Machine {
    cores: Option<usize>,
    processor: Option<String>,
    memory_gib: Option<f64>,
    distribution: Option<String>,
    system: String,
    compiler: Option<String>,
}

impl Machine {
    /// The machine that this program runs on.
    pub fn this() -> Machine {
        Machine {
            cores: thread::available_parallelism().ok().map(Into::into),
            processor: value("/proc/cpuinfo", "model name", ':'),
            memory_gib: memory_gib(),
            distribution: value("/etc/os-release", "PRETTY_NAME", '='),
            system: system(),
            compiler: compiler(),
        }
    }
}

/// The value that a file of names and values has for `name`, without quotes.
fn value(file: &str, name: &str, separator: char) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let mut lines = text.lines().filter_map(|line| line.split_once(separator));
    let (_, value) = lines.find(|(key, _)| key.trim() == name)?;
    Some(value.trim().trim_matches('"').to_owned())
}

fn memory_gib() -> Option<f64> {
    let kib = procfs::number("/proc/meminfo", "MemTotal:").ok()?;
    Some(f64::from(u32::try_from(kib >> 10).ok()?) / 1024.0)
}

/// The kernel's name, on Linux with its version but without a distributor's suffix.
fn system() -> String {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    match release.trim().split('-').next() {
        None | Some("") => OS.to_owned(),
        Some(version) => format!("Linux {version}"),
    }
}

fn compiler() -> Option<String> {
    let output = Command::new("rustc").arg("--version").output().ok()?;
    String::from_utf8(output.stdout).ok()
}

impl Display for Machine {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let facts = [
            self.cores.map(|cores| match cores {
                1 => "1 core".to_owned(),
                _ => format!("{cores} cores"),
            }),
            self.processor.clone(),
            self.memory_gib.map(|gib| format!("{gib:.1} GiB of memory")),
            self.distribution.clone(),
            Some(self.system.clone()),
            self.compiler.clone(),
        ];
        let facts: Vec<_> = facts.iter().flatten().map(|fact| fact.trim()).collect();
        formatter.write_str(&facts.join(", "))
    }
}
