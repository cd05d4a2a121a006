//! The middleware that writes the request log.

use std::io::{self, IsTerminal, Write, stdout};
use std::sync::{Mutex, PoisonError};
use std::time::{Instant, SystemTime};
use std::{env, fmt};

use crate::future::BoxFuture;
use crate::middleware::logger::entry::{Format, LogEntry, QueryStyle, Style};
use crate::middleware::{Middleware, Next, Provided};
use crate::request::Context;
use crate::response::Response;

/// Writes a line for each request, after its response: that of Go's gin on a terminal, JSON otherwise.
///
/// Times are UTC. Control characters from clients are escaped. Values in the query are masked if their names indicate a secret, such
/// as `token` or `password`. The entry also has the errors that were noted with [`Context::error`] and the cause of a problem.
///
/// `cargo test` shows the lines of requests that a test's [`Client`](crate::testing::Client) sends only if the test fails.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// # use std::io::{self, Write};
/// # use std::sync::{Arc, Mutex};
/// /// A log in memory.
/// #[derive(Clone, Default)]
/// struct Log(Arc<Mutex<Vec<u8>>>);
///
/// impl Write for Log {
///     fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
///         self.0.lock().unwrap().write(bytes)
///     }
///
///     fn flush(&mut self) -> io::Result<()> {
///         Ok(())
///     }
/// }
///
/// let log = Log::default();
/// let logger = Logger::json(log.clone()).skip("/health");
/// let app = Group::new("").with(logger).get("/users/:id", async || "a user").get("/health", async || "");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app);
/// client.get("/health").await.is(200);
/// client.get("/users/7?token=abc").await.is(200);
/// # });
///
/// let log = log.0.lock().unwrap();
/// let entry: serde_json::Value = serde_json::from_slice(&log)?;
/// assert_eq!(entry["status"], 200);
/// assert_eq!(entry["path"], "/users/7?token=***");
/// assert_eq!(entry["route"], "/users/:id");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Logger {
    style: Style,
    output: Sink,
    query: QueryStyle,
    skipped: Vec<String>,
    skip_if: Vec<Condition>,
}

/// A function of the app that returns `true` for a request that is left out.
type Condition = Box<dyn Fn(&Context, &Response) -> bool + Send + Sync>;

/// The destination of the log.
enum Sink {
    Stdout,
    Other(Mutex<Box<dyn Write + Send>>),
}

impl Logger {
    /// Creates a log on the standard output: the line of Go's gin if that is a terminal, else JSON. The line is in color unless
    /// `NO_COLOR` is set or `TERM` is `dumb`: a time from 100 ms on is yellow, and one from a second on red.
    #[expect(
        clippy::new_without_default,
        reason = "it looks at the standard output"
    )]
    pub fn new() -> Logger {
        let is_plain = env::var_os("NO_COLOR").is_some()
            || env::var_os("TERM").is_some_and(|term| term == "dumb");
        let style = match (stdout().is_terminal(), is_plain) {
            (true, false) => Style::Color,
            (true, true) => Style::Plain,
            (false, _) => Style::Json,
        };
        Logger::of(Sink::Stdout, style)
    }

    /// Creates a log that writes a line of JSON for each request to `output`.
    pub fn json(output: impl Write + Send + 'static) -> Logger {
        Logger::to(output, Style::Json)
    }

    /// Creates a log that writes the line of Go's gin, without colors, to `output`.
    #[doc(alias = "LoggerWithWriter")]
    pub fn plain(output: impl Write + Send + 'static) -> Logger {
        Logger::to(output, Style::Plain)
    }

    fn to(output: impl Write + Send + 'static, style: Style) -> Logger {
        Logger::of(Sink::Other(Mutex::new(Box::new(output))), style)
    }

    fn of(output: Sink, style: Style) -> Logger {
        Logger {
            style,
            output,
            query: QueryStyle::Masked,
            skipped: Vec::new(),
            skip_if: Vec::new(),
        }
    }

    /// Writes the lines that `format` returns. A line feed is added if a line has none.
    ///
    /// ```
    /// # use gin::{middleware::LogEntry, prelude::*, testing::Client};
    /// let logger = Logger::new().format(|entry: &LogEntry<'_>| {
    ///     let user = entry.context().header("x-user").unwrap_or("-");
    ///     format!("{user:?} {} {} {}", entry.method(), entry.path(), entry.status())
    /// });
    /// let app = Group::new("").with(logger).get("/", async || "home");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/").await.is(200);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("LoggerWithFormatter", "LogFormatter"))]
    #[must_use]
    pub fn format<F>(mut self, format: F) -> Logger
    where
        F: Fn(&LogEntry<'_>) -> String + Send + Sync + 'static,
    {
        self.style = Style::Own(Format(Box::new(format)));
        self
    }

    /// Writes the line of Go's gin in color, also if the output is not a terminal.
    #[doc(alias = "ForceConsoleColor")]
    #[must_use]
    pub fn color(mut self) -> Logger {
        self.style = Style::Color;
        self
    }

    /// Writes the line of Go's gin without color, also to a terminal.
    #[doc(alias = "DisableConsoleColor")]
    #[must_use]
    pub fn no_color(mut self) -> Logger {
        self.style = Style::Plain;
        self
    }

    /// Leaves out the queries of requests. Default: only values that may be secret are masked.
    #[doc(alias = "SkipQueryString")]
    #[must_use]
    pub fn without_query(mut self) -> Logger {
        self.query = QueryStyle::LeftOut;
        self
    }

    /// Leaves out requests for which `condition` returns `true`, once their responses are known.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let logger = Logger::new().skip_if(|cx: &Context, response: &Response| {
    ///     response.status().is_success() && cx.pattern() == Some("/assets/*file")
    /// });
    /// let app = Group::new("").with(logger).get("/assets/*file", async || "a file");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/assets/logo.svg").await.is(200);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("Skipper", "SkipFunc"))]
    #[must_use]
    pub fn skip_if<F>(mut self, condition: F) -> Logger
    where
        F: Fn(&Context, &Response) -> bool + Send + Sync + 'static,
    {
        self.skip_if.push(Box::new(condition));
        self
    }

    /// Leaves out requests for `path`, for example those of a health check.
    #[doc(alias = "SkipPaths")]
    #[must_use]
    pub fn skip(mut self, path: impl Into<String>) -> Logger {
        self.skipped.push(path.into());
        self
    }

    fn log(&self, cx: &Context, response: &Response, start: Instant) {
        let is_skipped = self.skipped.iter().any(|path| path == cx.path())
            || self.skip_if.iter().any(|skips| skips(cx, response));
        if is_skipped {
            return;
        }
        let times = (SystemTime::now(), start.elapsed());
        let entry = LogEntry::new(cx, response, self.query, times);
        // A log that cannot be written must not fail the request.
        let _ = self.output.write(&entry.line(&self.style), cx.is_in_test());
    }
}

impl Sink {
    fn write(&self, line: &str, is_in_test: bool) -> io::Result<()> {
        match self {
            Sink::Stdout if is_in_test => print_captured(line),
            Sink::Stdout => stdout().lock().write_all(line.as_bytes())?,
            Sink::Other(output) => {
                let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
                output.write_all(line.as_bytes())?;
            }
        }
        Ok(())
    }
}

/// Writes to the output of a test, which `cargo test` shows only if the test fails. It captures nothing but the macro's.
#[expect(clippy::print_stdout, reason = "it is the log")]
fn print_captured(line: &str) {
    print!("{line}");
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

    fn provides(&self, _: &mut Provided) {}
}

impl fmt::Debug for Logger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Logger({:?})", self.style)
    }
}
