//! The names of types as apps write them.

/// Returns a type's name without the paths of modules: `Arc<Mutex<u64>>`.
pub(crate) fn short(name: &str) -> String {
    let mut short = String::with_capacity(name.len());
    let mut start = 0;
    let mut rest = name.char_indices().peekable();
    while let Some((_, character)) = rest.next() {
        match (character, rest.peek()) {
            (':', Some((_, ':'))) => {
                rest.next();
                short.truncate(start);
            }
            _ if character.is_alphanumeric() || character == '_' => short.push(character),
            _ => {
                short.push(character);
                start = short.len();
            }
        }
    }
    short
}

/// Returns the name of the outermost type, without its arguments: `Arc`.
pub(crate) fn outermost(name: &str) -> String {
    short(name.split('<').next().unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use std::any::type_name;
    use std::collections::HashMap;
    use std::fmt::Display;
    use std::sync::{Arc, Mutex};

    use super::{outermost, short};

    #[test]
    fn names_are_as_they_are_written() {
        for (name, expected) in [
            (type_name::<u8>(), "u8"),
            (type_name::<Arc<Mutex<u64>>>(), "Arc<Mutex<u64>>"),
            (
                type_name::<Arc<dyn Display + Send>>(),
                "Arc<dyn Display + Send>",
            ),
            (
                type_name::<HashMap<&str, (String, [u8; 4])>>(),
                "HashMap<&str, (String, [u8; 4])>",
            ),
            (
                "fn(app::Db) -> core::option::Option<app::User>",
                "fn(Db) -> Option<User>",
            ),
        ] {
            assert_eq!(short(name), expected);
        }
        assert_eq!(outermost(type_name::<Arc<Mutex<u64>>>()), "Arc");
    }
}
