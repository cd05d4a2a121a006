//! A line for each request.

use std::io::{self, IsTerminal, Write, stdout};
use std::sync::{Mutex, PoisonError};
use std::time::{Instant, SystemTime};
use std::{env, fmt};

use crate::future::BoxFuture;
use crate::middleware::logger::entry::{Entry, Style};
use crate::middleware::{Middleware, Next};
use crate::request::Context;
use crate::response::Response;

/// Writes a line for each request: gin's on a terminal, JSON otherwise.
///
/// Times are UTC. What a client sent cannot control the terminal, and values in the query whose names say that they are secret
/// are masked. Errors that were noted with [`Context::error`], and what is behind a problem, follow on lines of their own.
pub struct Logger {
    style: Style,
    output: Output,
    skipped: Vec<String>,
}

enum Output {
    Stdout,
    Other(Mutex<Box<dyn Write + Send>>),
}

impl Logger {
    /// Writes to the standard output: gin's line if that is a terminal, in colour unless `NO_COLOR` is set; else JSON.
    #[expect(
        clippy::new_without_default,
        reason = "it looks at the standard output"
    )]
    pub fn new() -> Logger {
        let is_plain = env::var_os("NO_COLOR").is_some()
            || env::var_os("TERM").is_some_and(|term| term == "dumb");
        Logger {
            style: match (stdout().is_terminal(), is_plain) {
                (true, false) => Style::Colour,
                (true, true) => Style::Plain,
                (false, _) => Style::Json,
            },
            output: Output::Stdout,
            skipped: Vec::new(),
        }
    }

    /// Writes JSON, a line for each request, to `output`.
    pub fn json(output: impl Write + Send + 'static) -> Logger {
        Logger::to(output, Style::Json)
    }

    /// Writes gin's line, without colours, to `output`.
    pub fn plain(output: impl Write + Send + 'static) -> Logger {
        Logger::to(output, Style::Plain)
    }

    fn to(output: impl Write + Send + 'static, style: Style) -> Logger {
        Logger {
            style,
            output: Output::Other(Mutex::new(Box::new(output))),
            skipped: Vec::new(),
        }
    }

    /// Says nothing of requests for `path`, a health check for example.
    #[must_use]
    pub fn skip(mut self, path: impl Into<String>) -> Logger {
        self.skipped.push(path.into());
        self
    }

    fn log(&self, cx: &Context, response: &Response, start: Instant) {
        if self.skipped.iter().any(|path| path == cx.path()) {
            return;
        }
        let entry = Entry::new(cx, response, SystemTime::now(), start.elapsed());
        // A log that cannot be written must not fail the request.
        let _ = self.output.write(entry.line(self.style).as_bytes());
    }
}

impl Output {
    fn write(&self, line: &[u8]) -> io::Result<()> {
        match self {
            Output::Stdout => stdout().lock().write_all(line),
            Output::Other(output) => {
                let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
                output.write_all(line)
            }
        }
    }
}

impl Middleware for Logger {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        Box::pin(async move {
            let start = Instant::now();
            let response = next.run(cx).await;
            self.log(cx, &response, start);
            response
        })
    }
}

impl fmt::Debug for Logger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Logger({:?})", self.style)
    }
}
