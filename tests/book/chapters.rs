//! The chapters that have code.

/// Makes a module of each chapter, and the list of their files.
macro_rules! chapters {
    ($($name:ident = $file:literal,)*) => {
        $(
            #[cfg(doctest)]
            #[doc = include_str!(concat!("../../docs/src/", $file))]
            mod $name {}
        )*

        /// The files in `docs/src` whose Rust blocks are compiled and run.
        pub const CHAPTERS: &[&str] = &[$($file),*];
    };
}

chapters! {
    first_app = "first-app.md",
}
