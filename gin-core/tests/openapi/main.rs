//! Documents of OpenAPI, made from the attributes of routes.

mod middleware;
mod page;
mod requests;
mod responses;
mod serving;
