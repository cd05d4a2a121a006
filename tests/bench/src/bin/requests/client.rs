//! A server in a process of its own, and a client that sends its requests on one connection.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::Case;

/// A server in a process of its own, which exits when its standard input ends.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: String,
}

impl Process {
    /// Starts `command`, whose first line of output is the address of the server.
    pub(crate) fn start(command: &mut Command) -> Result<Process> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot start the server")?;
        let output = child.stdout.take().context("the output is piped")?;
        let mut address = String::new();
        BufReader::new(output).read_line(&mut address)?;
        Ok(Process {
            child,
            address: address.trim().to_owned(),
        })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends the server and returns what it wrote to standard error.
    pub(crate) fn end(mut self) -> Result<String> {
        drop(self.child.stdin.take());
        let output = self.child.wait_with_output()?;
        Ok(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// A kept-alive connection.
pub(crate) struct Client {
    stream: TcpStream,
    request: String,
    body: &'static str,
    buffer: Vec<u8>,
}

impl Client {
    pub(crate) fn connect(address: &str, case: &Case) -> Result<Client> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Client {
            stream,
            request: format!(
                "GET {} HTTP/1.1\r\nhost: {address}\r\nuser-agent: bench\r\naccept: */*\r\n\r\n",
                case.path
            ),
            body: case.body,
            buffer: vec![0; 4096],
        })
    }

    /// Sends a request and reads the whole response.
    pub(crate) fn request(&mut self) -> Result<()> {
        self.stream.write_all(self.request.as_bytes())?;
        let mut length = 0;
        loop {
            match self.stream.read(&mut self.buffer[length..])? {
                0 => bail!("the server closed the connection"),
                read => length += read,
            }
            if self.buffer[..length].ends_with(self.body.as_bytes()) {
                return Ok(());
            }
        }
    }
}
