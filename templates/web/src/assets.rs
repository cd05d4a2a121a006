//! The files of `static`. In a release build they are part of the program, and their names have a hash, so that browsers keep them
//! for a year. In a debug build they are read from the disk, and a change of the styles shows without a reload.

#[cfg(debug_assertions)]
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
    use include_dir::{File, include_dir};

    static FILES: include_dir::Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/static");

    pub fn dir() -> Dir {
        Dir::embedded(|path| Some(find(path)?.contents().into())).immutable()
    }

    /// Returns the path of a file for templates: `asset('app.css')`.
    pub fn url(name: String) -> String {
        let hashed = FILES.get_file(&name).map(|file| hashed(&name, file));
        format!("/static/{}", hashed.unwrap_or(name))
    }

    /// Finds `app.css` by `app-0123456789abcdef.css`, if that is its hash.
    fn find(path: &str) -> Option<&'static File<'static>> {
        let (stem, rest) = path.rsplit_once('-')?;
        let (_, extension) = rest.split_once('.')?;
        let name = format!("{stem}.{extension}");
        let file = FILES.get_file(&name)?;
        (hashed(&name, file) == path).then_some(file)
    }

    fn hashed(name: &str, file: &File<'_>) -> String {
        let mut hasher = DefaultHasher::new();
        file.contents().hash(&mut hasher);
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
        format!("{stem}-{:016x}.{extension}", hasher.finish())
    }

    #[cfg(test)]
    mod tests {
        use gin::prelude::*;
        use gin::testing::Client;

        #[tokio::test]
        async fn each_file_is_kept_for_a_year_under_its_hash() {
            let client = Client::new(Group::new("").files("/static", super::dir()));
            for file in super::FILES.files() {
                let name = file.path().display().to_string();
                client.get(&format!("/static/{name}")).await.is(404);
                let response = client.get(&super::url(name)).await.is(200);
                response.has_header("cache-control", "max-age=31536000, immutable");
            }
        }

        #[test]
        fn a_page_links_only_files_that_exist() {
            let page = include_str!("../templates/layout.html");
            let names = page
                .split("asset('")
                .skip(1)
                .filter_map(|rest| rest.split_once('\''));
            for (name, _) in names {
                assert!(super::FILES.get_file(name).is_some(), "{name}");
            }
        }
    }
}
