//! A line for each request.

use std::{
    io::{IsTerminal, Write, stdout},
    time::{Duration, Instant, SystemTime},
};

use crate::{
    context::Context,
    handler::BoxFuture,
    middleware::{Middleware, Next},
    response::Response,
};

/// Writes a line for each request to the standard output.
#[derive(Debug)]
pub struct Logger {
    is_terminal: bool,
}

impl Logger {
    /// gin's line if the standard output is a terminal, else JSON.
    #[expect(
        clippy::new_without_default,
        reason = "it looks at the standard output"
    )]
    pub fn new() -> Logger {
        Logger {
            is_terminal: stdout().is_terminal(),
        }
    }
}

impl Middleware for Logger {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        Box::pin(async move {
            let start = Instant::now();
            let response = next.run(cx).await;
            self.log(cx, &response, start.elapsed());
            response
        })
    }
}
impl Logger {
    fn log(&self, cx: &Context, response: &Response, took: Duration) {
        let _ = (self.is_terminal, SystemTime::now());
        let _ = writeln!(
            stdout(),
            "{} {} {} {took:?}",
            response.status(),
            cx.method(),
            cx.path()
        );
    }
}
