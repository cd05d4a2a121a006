//! Stopwatches between the middleware of a chain.

use std::any::TypeId;
use std::env;
use std::sync::Arc;
use std::time::Instant;

use crate::extract::type_name::outermost;
use crate::future::BoxFuture;
use crate::middleware::server_timing::timing::{Lap, Times};
use crate::middleware::{Layer, Middleware, Next, Provided};
use crate::request::Context;
use crate::response::Response;

/// Returns the middleware of `layers`, with a stopwatch around each that is further in than a
/// [`ServerTiming`](crate::middleware::ServerTiming), and around the handler. Without one that measures, there are none, unless a dev
/// server shows the times.
pub(crate) fn with_stopwatches(layers: &[Layer]) -> Box<[Arc<dyn Middleware>]> {
    let measuring = layers.iter().position(measures).map(|index| index + 1);
    let Some(first) = are_shown().then_some(0).or(measuring) else {
        return layers
            .iter()
            .map(|layer| layer.middleware.clone())
            .collect();
    };
    let mut middlewares: Vec<Arc<dyn Middleware>> = Vec::new();
    for (index, layer) in layers.iter().enumerate() {
        if index >= first {
            middlewares.push(Arc::new(Stopwatch::of(layer.name)));
        }
        middlewares.push(layer.middleware.clone());
    }
    middlewares.push(Arc::new(Stopwatch::of("handler")));
    middlewares.into()
}

/// Returns `true` if a dev server started this process, which shows the times of all requests.
fn are_shown() -> bool {
    cfg!(debug_assertions) && env::var_os("GIN_REPORT").is_some()
}

fn measures(layer: &Layer) -> bool {
    let mut provided = Provided::default();
    layer.middleware.provides(&mut provided);
    provided.has(TypeId::of::<Times>())
}

/// Measures one middleware together with all that it runs.
struct Stopwatch {
    name: String,
}

impl Stopwatch {
    fn of(name: &str) -> Stopwatch {
        // The name of a closure has braces, which are not valid in a token.
        let mut name = outermost(name);
        name.retain(|character| character.is_ascii_alphanumeric() || character == '_');
        Stopwatch { name }
    }
}

impl Middleware for Stopwatch {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        Box::pin(async move {
            let start = Instant::now();
            let response = next.run(cx).await;
            let time = start.elapsed();
            if let Some(times) = cx.get_mut::<Times>() {
                times.add(Lap {
                    name: self.name.clone(),
                    time,
                });
            }
            response
        })
    }

    fn provides(&self, _: &mut Provided) {}
}
