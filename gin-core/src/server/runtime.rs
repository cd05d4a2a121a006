//! What an app's `main` runs on.

use std::pin::Pin;

use tokio::runtime::Builder;

/// Runs `main` on a runtime of as many threads as there are cores, as [`#[gin::main]`](macro@crate::main) has it.
///
/// # Panics
///
/// If the system gives no threads.
#[doc(hidden)]
pub fn block_on<T>(main: impl Future<Output = T>) -> T {
    let mut output = None;
    run(Box::pin(async { output = Some(main.await) }));
    output.expect("the future has come to its end")
}

/// Compiled once: a runtime is a lot of code, and all of it is generic over what it runs.
fn run(main: Pin<Box<dyn Future<Output = ()> + '_>>) {
    let runtime = Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("the system has threads to give");
    runtime.block_on(main);
}
