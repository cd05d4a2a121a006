//! The map of headers that the last request of a thread has left: room for the next response's.

use std::cell::RefCell;
use std::mem;

use http::HeaderMap;

thread_local! {
    static RECYCLED: RefCell<HeaderMap> = RefCell::default();
}

/// Larger maps are not worth keeping, in fields.
const LARGEST: usize = 32;

/// Gives `headers`, an empty map, room if there is some.
pub(crate) fn reuse(headers: &mut HeaderMap) {
    swap(headers);
}

/// Keeps the room that `headers` has; what it says is gone.
pub(crate) fn recycle(headers: &mut HeaderMap) {
    if (1..=LARGEST).contains(&headers.capacity()) {
        headers.clear();
        swap(headers);
    }
}

fn swap(headers: &mut HeaderMap) {
    // A thread that ends has no next response.
    let _ = RECYCLED.try_with(|recycled| mem::swap(&mut *recycled.borrow_mut(), headers));
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::{LARGEST, recycle, reuse};

    fn reused() -> HeaderMap {
        let mut headers = HeaderMap::new();
        reuse(&mut headers);
        headers
    }

    #[test]
    fn a_map_that_was_kept_has_room_and_says_nothing() {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", HeaderValue::from_static("secret"));
        headers.append("cookie", HeaderValue::from_static("another"));
        recycle(&mut headers);
        let headers = reused();
        assert!(headers.is_empty() && headers.capacity() > 0);
        assert_eq!(reused().capacity(), 0);
    }

    #[test]
    fn a_large_map_is_not_kept() {
        recycle(&mut HeaderMap::with_capacity(LARGEST * 2));
        assert_eq!(reused().capacity(), 0);
    }
}
