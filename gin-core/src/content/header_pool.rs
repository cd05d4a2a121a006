//! Recycled header maps: the headers of a response reuse the allocation of the last request on the thread.

use std::cell::RefCell;
use std::mem;

use http::HeaderMap;

thread_local! {
    static RECYCLED: RefCell<HeaderMap> = RefCell::default();
}

/// The capacity, in headers, above which a map is not worth keeping.
const LARGEST: usize = 32;

/// Gives `headers`, which must be empty, the recycled allocation if there is one.
pub(crate) fn reuse(headers: &mut HeaderMap) {
    swap(headers);
}

/// Clears `headers` and keeps its allocation for the next response.
pub(crate) fn recycle(headers: &mut HeaderMap) {
    if (1..=LARGEST).contains(&headers.capacity()) {
        headers.clear();
        swap(headers);
    }
}

fn swap(headers: &mut HeaderMap) {
    // It fails only on a thread that ends, which has no next response.
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
    fn a_recycled_map_has_capacity_and_no_headers() {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", HeaderValue::from_static("secret"));
        headers.append("cookie", HeaderValue::from_static("another"));
        recycle(&mut headers);
        let headers = reused();
        assert!(headers.is_empty() && headers.capacity() > 0);
        assert_eq!(reused().capacity(), 0);
    }

    #[test]
    fn a_large_map_is_not_recycled() {
        recycle(&mut HeaderMap::with_capacity(LARGEST * 2));
        assert_eq!(reused().capacity(), 0);
    }
}
