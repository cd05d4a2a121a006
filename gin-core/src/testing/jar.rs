//! The cookies that a client keeps between requests.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use http::request::Parts;
use http::{HeaderMap, HeaderValue, header};
use tokio::time::Instant;

/// The cookies of one client and its clones (RFC 6265 §5.3). There is only one host, so domains do not matter.
#[derive(Debug, Clone, Default)]
pub(super) struct Jar(Arc<Mutex<Vec<Kept>>>);

#[derive(Debug)]
struct Kept {
    name: String,
    value: String,
    path: String,
    expiry: Option<Instant>,
}

impl Jar {
    /// Adds the cookies for this target to a request that has none of its own.
    pub(super) fn add_to(&self, head: &mut Parts) {
        if head.headers.contains_key(header::COOKIE) {
            return;
        }
        let kept = self.kept();
        let fits = kept.iter().filter(|cookie| cookie.is_for(head.uri.path()));
        let pairs = fits.map(|cookie| format!("{}={}", cookie.name, cookie.value));
        let pairs = pairs.collect::<Vec<_>>().join("; ");
        if let (false, Ok(value)) = (pairs.is_empty(), HeaderValue::try_from(pairs)) {
            head.headers.insert(header::COOKIE, value);
        }
    }

    /// Keeps the cookies that a response to a request for `path` sets.
    pub(super) fn keep(&self, path: &str, headers: &HeaderMap) {
        for value in headers.get_all(header::SET_COOKIE) {
            if let Ok(text) = value.to_str() {
                self.set(path, text);
            }
        }
    }

    /// Keeps the cookie of a `Set-Cookie` field in a response to a request for `path`.
    pub(super) fn set(&self, path: &str, text: &str) {
        let mut parts = text.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let mut cookie = Kept {
            name: name.trim().to_owned(),
            value: value.trim().to_owned(),
            path: default_path(path).to_owned(),
            expiry: None,
        };
        let mut max_age = None;
        for (name, value) in parts.filter_map(|attribute| attribute.split_once('=')) {
            match name.to_ascii_lowercase().as_str() {
                "path" if value.starts_with('/') => value.clone_into(&mut cookie.path),
                // RFC 6265 §5.3: `Max-Age` counts more than `Expires`.
                "max-age" => max_age = seconds(value),
                "expires" => cookie.expiry = cookie.expiry.or(date(value)),
                _ => {}
            }
        }
        cookie.expiry = max_age.map_or(cookie.expiry, |age| Instant::now().checked_add(age));
        let mut kept = self.kept();
        kept.retain(|other| other.name != cookie.name || other.path != cookie.path);
        if !cookie.is_expired() {
            kept.push(cookie);
        }
        // RFC 6265 §5.4: cookies with longer paths are sent first.
        kept.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
    }

    pub(super) fn all(&self) -> Vec<(String, String)> {
        let kept = self.kept();
        let fresh = kept.iter().filter(|cookie| !cookie.is_expired());
        fresh
            .map(|cookie| (cookie.name.clone(), cookie.value.clone()))
            .collect()
    }

    pub(super) fn clear(&self) {
        self.kept().clear();
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn is_expired(&self) -> bool {
        self.expiry.is_some_and(|expiry| expiry <= Instant::now())
    }

    /// RFC 6265 §5.1.4.
    fn is_for(&self, path: &str) -> bool {
        let is_below =
            |rest: &str| rest.is_empty() || self.path.ends_with('/') || rest.starts_with('/');
        !self.is_expired() && path.strip_prefix(&*self.path).is_some_and(is_below)
    }
}

/// RFC 6265 §5.1.4: the directory of the request's path.
fn default_path(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some((directory, _)) if directory.starts_with('/') => directory,
        _ => "/",
    }
}

fn seconds(value: &str) -> Option<Duration> {
    let seconds = value.parse::<i64>().ok()?;
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

fn date(value: &str) -> Option<Instant> {
    let date = httpdate::parse_http_date(value).ok()?;
    let left = date.duration_since(SystemTime::now()).unwrap_or_default();
    Instant::now().checked_add(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(jar: &Jar, path: &str) -> String {
        let (mut head, ()) = http::Request::get(path).body(()).unwrap().into_parts();
        jar.add_to(&mut head);
        let value = head.headers.get(header::COOKIE);
        value.map_or("", |value| value.to_str().unwrap()).to_owned()
    }

    #[tokio::test(start_paused = true)]
    async fn cookies_are_kept_by_path_and_age() {
        let jar = Jar::default();
        jar.set("/shop/cart", "item=7");
        jar.set("/shop/cart", "theme=dark; Path=/; Max-Age=60");
        jar.set("/", "old=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(sent(&jar, "/shop/x"), "item=7; theme=dark");
        assert_eq!(sent(&jar, "/shopping"), "theme=dark");
        jar.set("/", "theme=light; Path=/; Max-Age=60");
        assert_eq!(sent(&jar, "/"), "theme=light");
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(sent(&jar, "/"), "");
        jar.set("/shop/y", "item=; Max-Age=0");
        assert_eq!(jar.all(), []);
    }
}
