//! Directories that a release build contains.

use std::path::Path;

use include_dir::Dir as Included;

use crate::files::dir::Dir;

/// Returns a [`Dir`] that is on disk in debug builds, and part of the program in release builds.
///
/// The path starts with `$CARGO_MANIFEST_DIR`, which stands for the directory of the package. While the app is developed, a changed
/// file needs no build, and a large directory costs none. The behavior is the same, except that files in the program have no
/// `Last-Modified` and are not listed.
///
/// A build script with `println!("cargo::rerun-if-changed=dist")` lets cargo build again when files are added.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// // A site in `src` of the package.
/// let app = Group::new("").files("/source", gin::embed!("$CARGO_MANIFEST_DIR/src"));
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// Client::new(app).get("/source/lib.rs").await.is(200);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[macro_export]
#[cfg_attr(docsrs, doc(cfg(feature = "embed")))]
macro_rules! embed {
    ($path:tt) => {{
        #[cfg(debug_assertions)]
        let dir = $crate::embed!(@disk $path);
        #[cfg(not(debug_assertions))]
        let dir = $crate::embed!(@program $path);
        dir
    }};
    (@disk $path:tt) => {
        $crate::__private::on_disk(::core::env!("CARGO_MANIFEST_DIR"), $path)
    };
    (@program $path:tt) => {{
        use $crate::__private::include_dir;
        static INCLUDED: include_dir::Dir<'static> = include_dir::include_dir!($path);
        $crate::__private::in_program(&INCLUDED)
    }};
}

/// Returns the directory of a debug build.
pub fn on_disk(package: &str, path: &str) -> Dir {
    match path.strip_prefix("$CARGO_MANIFEST_DIR") {
        Some(below) => Dir::new(Path::new(package).join(below.trim_start_matches('/'))),
        None => Dir::new(path),
    }
}

/// Returns the directory of a release build.
pub fn in_program(included: &'static Included<'static>) -> Dir {
    Dir::embedded(move |path| Some(included.get_file(path)?.contents().into()))
}
