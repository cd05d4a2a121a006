//! The check that `routes![…]` makes at compile time: no two of its routes match the same requests.

use gin_router::same_shape;

use crate::app::route::Route;

/// Returns the routes. Fails to compile if two of them have equal shapes and a method in common.
///
/// An engine checks this again for all its groups at once. This check reports the mistakes within one list earlier.
#[doc(hidden)]
#[track_caller]
#[expect(
    clippy::cast_possible_truncation,
    reason = "the number of a slot is less than N"
)]
pub const fn distinct<const N: usize>(routes: [Route; N]) -> [Route; N] {
    // A hash table of the routes' indices, because the compiler gives up on a constant that takes a million steps, which
    // comparing all pairs would. `N` marks a free slot.
    let mut table = [N; N];
    let mut route = 0;
    while route < N {
        let mut slot = (routes[route].shape() % N as u64) as usize;
        while table[slot] < N {
            let other = table[slot];
            if routes[other].shape() == routes[route].shape()
                && is_conflict(&routes[other], &routes[route])
            {
                report(&routes[other], &routes[route]);
            }
            slot = (slot + 1) % N;
        }
        table[slot] = route;
        route += 1;
    }
    routes
}

/// Returns the routes of a list. A list names each of its routes once, because rustc reads the names again in every build.
#[doc(hidden)]
pub fn collected(routes: &'static [Route]) -> Vec<Route> {
    routes.to_vec()
}

const fn is_conflict(a: &Route, b: &Route) -> bool {
    common_method(a.methods(), b.methods()).is_some()
        && same_shape(a.static_pattern(), b.static_pattern())
}

/// Returns a method that is in both lists. A route for every method yields to one for a single method, so the two have none
/// in common.
const fn common_method(a: &[&'static str], b: &[&'static str]) -> Option<&'static str> {
    if a.is_empty() && b.is_empty() {
        return Some("every method");
    }
    let mut i = 0;
    while i < a.len() {
        let mut j = 0;
        while j < b.len() {
            if is_same(a[i].as_bytes(), b[j].as_bytes()) {
                return Some(a[i]);
            }
            j += 1;
        }
        i += 1;
    }
    None
}

const fn is_same(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

#[track_caller]
const fn report(earlier: &Route, later: &Route) -> ! {
    let method = match common_method(earlier.methods(), later.methods()) {
        Some(method) => method,
        None => "",
    };
    let message = Message::new()
        .add("`")
        .add(later.static_pattern())
        .add("` of `")
        .add(last_part(later.name()))
        .add("` has the shape of `")
        .add(earlier.static_pattern())
        .add("` of `")
        .add(last_part(earlier.name()))
        .add("`, and both match ")
        .add(method);
    panic!("{}", message.as_str());
}

/// Returns a function's name without its module.
const fn last_part(name: &str) -> &str {
    let mut start = name.len();
    while start > 0 && name.as_bytes()[start - 1] != b':' {
        start -= 1;
    }
    name.split_at(start).1
}

/// Text that is composed at compile time. Text beyond the capacity is cut off.
struct Message {
    bytes: [u8; 1024],
    len: usize,
}

impl Message {
    const fn new() -> Self {
        Self {
            bytes: [0; 1024],
            len: 0,
        }
    }

    const fn add(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        let mut at = 0;
        while at < text.len() && self.len < self.bytes.len() {
            self.bytes[self.len] = text[at];
            self.len += 1;
            at += 1;
        }
        self
    }

    const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "two routes match the same requests",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::common_method;

    #[test]
    fn a_route_for_every_method_yields_to_one_for_a_single_method() {
        assert_eq!(
            common_method(&["GET", "PUT"], &["POST", "PUT"]),
            Some("PUT")
        );
        assert_eq!(common_method(&["GET"], &["POST", "GETS"]), None);
        assert_eq!(common_method(&[], &["GET"]), None);
        assert_eq!(common_method(&[], &[]), Some("every method"));
    }
}
