//! The onion: middlewares from the outside in, and the handler at the centre.

use std::fmt;
use std::sync::Arc;

use crate::app::Answer;
use crate::future::BoxFuture;
use crate::handlers::Handler;
use crate::middleware::Middleware;
use crate::request::Context;
use crate::response::Response;

/// Middlewares from the outside in, and the handler at the centre.
pub(crate) struct Chain {
    pub(crate) middlewares: Box<[Arc<dyn Middleware>]>,
    pub(crate) handler: Answer,
}

impl Chain {
    /// The whole chain, not yet begun.
    pub(crate) fn start(&self) -> Next<'_> {
        Next {
            chain: self,
            index: 0,
        }
    }
}

/// The rest of the chain.
///
/// It is a value: [`run`](Next::run) consumes it, so the rest runs at most once, and a middleware that answers without running it
/// has stopped the chain, which is what gin calls Abort.
#[must_use = "a middleware that does not run `next` answers the request itself"]
pub struct Next<'a> {
    chain: &'a Chain,
    index: usize,
}

impl<'a> Next<'a> {
    /// Runs the rest of the chain and gives back its response; `cx` is lent down and comes back.
    pub fn run<'b>(self, cx: &'b mut Context) -> BoxFuture<'b, Response>
    where
        'a: 'b,
    {
        match self.chain.middlewares.get(self.index) {
            Some(middleware) => middleware.call(
                cx,
                Next {
                    chain: self.chain,
                    index: self.index + 1,
                },
            ),
            None => self.chain.handler.call(cx),
        }
    }
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = self.chain.middlewares.len() - self.index;
        write!(f, "Next({left} more, then the handler)")
    }
}
