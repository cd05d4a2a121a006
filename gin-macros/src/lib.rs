//! Attribute routes for gin-core: `#[get("/hello/:name")]`.
