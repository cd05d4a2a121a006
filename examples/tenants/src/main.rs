//! One app for several tenants, who have a host each: `acme.localhost`, `globex.localhost`.

use std::collections::HashMap;
use std::sync::Arc;

use gin::BoxFuture;
use gin::middleware::{Middleware, Provided};
use gin::prelude::*;

/// A tenant, with everything that is its own.
struct Tenant {
    name: &'static str,
    notes: Vec<&'static str>,
}

/// The tenants by the first label of their hosts.
struct Tenants(HashMap<&'static str, Arc<Tenant>>);

impl Tenants {
    /// Returns the tenant of a host such as `acme.localhost:8080`.
    fn of(&self, host: &str) -> Option<&Arc<Tenant>> {
        let (label, domain) = host.split_once('.')?;
        let domain = domain.split(':').next()?;
        matches!(domain, "localhost" | "notes.example").then(|| self.0.get(label))?
    }
}

/// A middleware that declares what it sets, so that a handler which takes a tenant outside of it does not start.
impl Middleware for Tenants {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        let host = cx.host().map(str::to_ascii_lowercase).unwrap_or_default();
        match self.of(&host) {
            Some(tenant) => {
                cx.set(tenant.clone());
                next.run(cx)
            }
            None => Box::pin(async {
                Problem::new(404)
                    .detail("no tenant has this host")
                    .into_response()
            }),
        }
    }

    fn provides(&self, provided: &mut Provided) {
        provided.extension::<Arc<Tenant>>();
    }
}

#[get("/")]
async fn home(Extension(tenant): Extension<Arc<Tenant>>) -> String {
    format!("The notes of {}", tenant.name)
}

#[get("/notes/:index")]
async fn note(index: usize, Extension(tenant): Extension<Arc<Tenant>>) -> Result<&'static str> {
    tenant.notes.get(index).copied().or_404()
}

fn app() -> Group {
    let acme = Tenant {
        name: "Acme",
        notes: vec!["Order anvils."],
    };
    let globex = Tenant {
        name: "Globex",
        notes: vec!["Buy the volcano.", "Feed the sharks."],
    };
    let tenants = Tenants(HashMap::from([
        ("acme", Arc::new(acme)),
        ("globex", Arc::new(globex)),
    ]));
    gin::default().with(tenants).mount(routes![home, note])
}

#[gin::main]
async fn main() -> gin::Result<()> {
    app().run().await
}

#[cfg(test)]
mod tests;
