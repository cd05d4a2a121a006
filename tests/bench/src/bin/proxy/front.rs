//! The proxies.

use std::env;
use std::fs;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use gin_bench::dev::Dev;
use gin_bench::process::free_address;
use gin_bench::{Process, procfs};

use crate::material::Material;

/// Something between a client and the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Front {
    /// Nothing: the client is connected to the server.
    None,
    Dev,
    Nginx,
    Go,
}

/// A proxy that runs, in front of a server of its own. Dropping it ends both.
pub(crate) struct Running {
    pub(crate) front: Front,
    pub(crate) address: String,
    /// The processes of the proxy.
    processes: Vec<u32>,
    _proxy: Proxy,
    _server: Option<Process>,
}

/// A proxy, which ends when it is dropped.
#[expect(dead_code, reason = "they are kept for their drop")]
enum Proxy {
    None,
    Dev(Dev),
    Nginx(Nginx),
    Go(Process),
}

struct Nginx {
    process: Child,
    directory: PathBuf,
}

impl Front {
    const ALL: [Front; 4] = [Front::None, Front::Dev, Front::Nginx, Front::Go];

    /// Starts the proxies whose programs are there.
    pub(crate) fn available(material: &Material) -> Vec<Running> {
        let started = Front::ALL.map(|front| {
            let started = front.start(material);
            if let Err(error) = &started {
                eprintln!("proxy: left out {}: {error:#}", front.label());
            }
            started.ok()
        });
        started.into_iter().flatten().collect()
    }

    /// The name of its column.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Front::None => "no proxy",
            Front::Dev => "`cargo gin dev`",
            Front::Nginx => "nginx",
            Front::Go => "Go",
        }
    }

    pub(crate) fn start(self, material: &Material) -> Result<Running> {
        let server = match self {
            Front::Dev => None,
            _ => Some(Process::start(
                Command::new(env::current_exe()?).arg("serve"),
            )?),
        };
        let upstream = server.as_ref().map_or("", Process::address).to_owned();
        let (address, processes, proxy) = match self {
            Front::None => (upstream, Vec::new(), Proxy::None),
            Front::Dev => {
                let dev = Dev::start(material.cargo_gin(), &material.app())?;
                dev.wait_for("")?;
                (dev.address().to_string(), vec![dev.id()], Proxy::Dev(dev))
            }
            Front::Nginx => {
                let (nginx, address) = Nginx::start(material, &upstream)?;
                let processes = children(nginx.process.id())?;
                (address, processes, Proxy::Nginx(nginx))
            }
            Front::Go => {
                let go = Process::start(Command::new(material.reverse_proxy()?).arg(&upstream))?;
                (go.address().to_owned(), vec![go.id()], Proxy::Go(go))
            }
        };
        Ok(Running {
            front: self,
            address,
            processes,
            _proxy: proxy,
            _server: server,
        })
    }
}

impl Running {
    /// Returns a figure of the proxy, which there is none of without one.
    pub(crate) fn figure(&self, text: String) -> String {
        if self.front == Front::None {
            "-".to_owned()
        } else {
            text
        }
    }

    /// The CPU time that the proxy has used.
    pub(crate) fn cpu_time(&self) -> Result<Duration> {
        let times = self.processes.iter().map(|&id| procfs::cpu_time(id));
        times.sum()
    }

    /// The resident memory of the proxy, in MiB.
    pub(crate) fn memory(&self) -> Result<f64> {
        let memory = self.processes.iter().map(|&id| procfs::memory(id));
        memory.sum()
    }
}

impl Nginx {
    fn start(material: &Material, upstream: &str) -> Result<(Nginx, String)> {
        let free = free_address()?;
        let directory = material.nginx(free.port(), upstream)?;
        let process = command(&directory)
            .spawn()
            .context("nginx cannot be started")?;
        let nginx = Nginx { process, directory };
        let since = Instant::now();
        while TcpStream::connect(free).is_err() {
            if since.elapsed() > Duration::from_secs(10) {
                bail!("nginx does not listen");
            }
            sleep(Duration::from_millis(10));
        }
        Ok((nginx, free.to_string()))
    }
}

fn command(directory: &PathBuf) -> Command {
    let mut command = Command::new("nginx");
    command.arg("-p").arg(directory).args(["-c", "nginx.conf"]);
    command.args(["-e", "stderr"]).stdin(Stdio::null());
    command
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // After a SIGKILL of the master its workers would go on.
        let _ = command(&self.directory).args(["-s", "stop"]).status();
        let _ = self.process.wait();
    }
}

/// The processes that a process has started (proc(5)).
fn children(process: u32) -> Result<Vec<u32>> {
    let text = fs::read_to_string(format!("/proc/{process}/task/{process}/children"))?;
    let ids = text.split_whitespace().map(|id| Ok(id.parse()?));
    ids.collect()
}
