//! The runtime of an app's `main`.

use std::pin::Pin;

use tokio::runtime::Builder;

/// Runs `main` on a runtime with a thread for each core, for [`#[gin::main]`](macro@crate::main).
///
/// # Panics
///
/// Panics if the system cannot create threads.
#[doc(hidden)]
pub fn block_on<T>(main: impl Future<Output = T>) -> T {
    let mut output = None;
    run(Box::pin(async { output = Some(main.await) }));
    output.expect("the future has come to its end")
}

/// Runs a boxed `main`, so that the runtime, whose code is generic over the future, is compiled once and not in every app.
fn run(main: Pin<Box<dyn Future<Output = ()> + '_>>) {
    let runtime = Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("the system has threads to give");
    runtime.block_on(main);
}
