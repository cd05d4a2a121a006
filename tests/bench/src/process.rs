//! A server in a process of its own: the side that starts it, and the side that serves.

use std::io::{BufRead, BufReader, Read, Write, stdin, stdout};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio, exit};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result};
use tokio::runtime;

/// A server in a process of its own, which exits when its standard input ends.
#[derive(Debug)]
pub struct Process {
    child: Child,
    address: String,
    /// Reads standard error, so that a process that writes much does not wait.
    errors: JoinHandle<Vec<u8>>,
}

impl Process {
    /// Starts `command`, whose first line of output is the address of the server.
    ///
    /// # Errors
    ///
    /// If it cannot be started, or does not write a line.
    pub fn start(command: &mut Command) -> Result<Process> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot start the server")?;
        let output = child.stdout.take().context("the output is piped")?;
        let mut errors = child.stderr.take().context("the errors are piped")?;
        let errors = thread::spawn(move || {
            let mut text = Vec::new();
            // What could be read is all there is.
            let _ = errors.read_to_end(&mut text);
            text
        });
        let mut address = String::new();
        BufReader::new(output).read_line(&mut address)?;
        Ok(Process {
            child,
            address: address.trim().to_owned(),
            errors,
        })
    }

    /// The address of the server.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The id of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends the server and returns what it wrote to standard error.
    ///
    /// # Errors
    ///
    /// If its end cannot be waited for.
    ///
    /// # Panics
    ///
    /// Never: the thread that reads it does not panic.
    pub fn end(mut self) -> Result<String> {
        drop(self.child.stdin.take());
        self.child.wait()?;
        let errors = self.errors.join().expect("reading does not panic");
        Ok(String::from_utf8_lossy(&errors).into_owned())
    }
}

/// The listener of the server that this process is. Its address is the first line of the output, and the process exits when standard
/// input ends.
///
/// # Errors
///
/// If there is no port, or the output is closed.
pub fn listener() -> Result<TcpListener> {
    thread::spawn(|| {
        let _ = stdin().read_to_end(&mut Vec::new());
        exit(0);
    });
    let listener = TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    writeln!(stdout(), "{}", listener.local_addr()?)?;
    Ok(listener)
}

/// Returns an address that is free, for a program that takes its port from its settings.
///
/// # Errors
///
/// If there is no port.
pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Runs a server on this thread.
///
/// # Errors
///
/// With the error of the server.
pub fn on_one_thread(server: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(server)
}
