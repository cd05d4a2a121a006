//! The boxed future that middleware and servers return.

use std::pin::Pin;

/// A boxed future that is `Send`, such as the one that [`Middleware::call`](crate::middleware::Middleware::call) returns.
///
/// ```
/// use gin::BoxFuture;
///
/// fn double(number: &u32) -> BoxFuture<'_, u32> {
///     Box::pin(async move { number * 2 })
/// }
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// assert_eq!(double(&21).await, 42);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
