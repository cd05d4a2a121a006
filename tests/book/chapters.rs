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
    routing = "routing.md",
    handlers = "handlers.md",
    middleware = "middleware.md",
    errors = "errors.md",
    templates_and_forms = "templates-and-forms.md",
    sessions_and_login = "sessions-and-login.md",
    files_and_uploads = "files-and-uploads.md",
    websocket_and_sse = "websocket-and-sse.md",
    databases = "databases.md",
    testing = "testing.md",
    configuration = "configuration.md",
    deploying = "deploying.md",
    tls = "tls.md",
    observability = "observability.md",
    tower = "tower.md",
    frameworks = "dev/frameworks.md",
    coming_from_actix = "coming-from/actix.md",
    coming_from_rocket = "coming-from/rocket.md",
}
