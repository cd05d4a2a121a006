//! The map of headers that the last request of a thread has left: room for the next response's.

use std::cell::Cell;

use http::HeaderMap;

thread_local! {
    static SPARE: Cell<Option<HeaderMap>> = const { Cell::new(None) };
}

/// Larger maps are not worth keeping, in fields.
const LARGEST: usize = 32;

/// An empty map, if there is one with room already.
pub(crate) fn take() -> HeaderMap {
    let spare = SPARE.try_with(Cell::take);
    spare.ok().flatten().unwrap_or_default()
}

/// Keeps the room that `headers` has; what it says is gone.
pub(crate) fn keep(mut headers: HeaderMap) {
    if (1..=LARGEST).contains(&headers.capacity()) {
        headers.clear();
        // A thread that ends has no next response.
        let _ = SPARE.try_with(|spare| spare.set(Some(headers)));
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::{LARGEST, keep, take};

    #[test]
    fn a_map_that_was_kept_has_room_and_says_nothing() {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", HeaderValue::from_static("secret"));
        headers.append("cookie", HeaderValue::from_static("another"));
        keep(headers);
        let headers = take();
        assert!(headers.is_empty() && headers.capacity() > 0);
        assert_eq!(take().capacity(), 0);
    }

    #[test]
    fn a_large_map_is_not_kept() {
        keep(HeaderMap::with_capacity(LARGEST * 2));
        assert_eq!(take().capacity(), 0);
    }
}
