//! The files of `static`. In a release build they are part of the program, and their names have a hash, so that browsers keep them
//! for a year. In a debug build they are read from the disk, and a change of the styles shows without a reload.

use gin::files::Dir;

#[cfg(debug_assertions)]
pub fn dir() -> Dir {
    Dir::new(concat!(env!("CARGO_MANIFEST_DIR"), "/static"))
}

#[cfg(debug_assertions)]
pub fn url(name: String) -> String {
    format!("/static/{name}")
}

#[cfg(not(debug_assertions))]
pub use release::{dir, url};

#[cfg(any(test, not(debug_assertions)))]
#[cfg_attr(test, allow(dead_code))]
mod release {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};

    use gin::files::Dir;

    const FILES: [(&str, &[u8]); 2] = [
        ("app.css", include_bytes!("../static/app.css")),
        (
            "htmx-2.0.11.min.js",
            include_bytes!("../static/htmx-2.0.11.min.js"),
        ),
    ];

    pub fn dir() -> Dir {
        let find = |path: &str| {
            FILES
                .iter()
                .find(|(name, content)| hashed(name, content) == path)
        };
        Dir::embedded(move |path| find(path).map(|(_, content)| (*content).into())).immutable()
    }

    /// Returns the path of a file for templates: `asset('app.css')`.
    pub fn url(name: String) -> String {
        let file = FILES.iter().find(|(file, _)| *file == name);
        let hashed = file.map(|(name, content)| hashed(name, content));
        format!("/static/{}", hashed.unwrap_or(name))
    }

    fn hashed(name: &str, content: &[u8]) -> String {
        let mut hasher = DefaultHasher::new();
        content.hash(&mut hasher);
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
        format!("{stem}-{:016x}.{extension}", hasher.finish())
    }

    #[cfg(test)]
    mod tests {
        use gin::prelude::*;
        use gin::testing::Client;

        #[tokio::test]
        async fn a_file_is_kept_for_a_year_under_its_hash() {
            let client = Client::new(Group::new("").files("/static", super::dir()));
            let styles = client.get(&super::url("app.css".to_owned())).await.is(200);
            styles.has_header("cache-control", "max-age=31536000, immutable");
            client.get("/static/app.css").await.is(404);
        }
    }
}
