//! HTTPS and HTTP/3 on one port: TCP for HTTP/1.1 and HTTP/2, UDP for HTTP/3.

use std::fs;
use std::path::{Path, PathBuf};

use gin::prelude::*;
use gin::tls::Certificates;
use gin::{Engine, Server};

#[get("/")]
async fn version(cx: &mut Context) -> String {
    format!("{:?} over {}\n", cx.version(), cx.scheme())
}

fn app() -> Group {
    gin::default().mount(routes![version])
}

/// Returns the files of a certificate, which is made for `localhost` if there is none.
fn certificate(directory: &Path) -> Result<(PathBuf, PathBuf)> {
    let (certificate, key) = (directory.join("cert.pem"), directory.join("key.pem"));
    if !certificate.exists() {
        fs::create_dir_all(directory)?;
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
        fs::write(&key, made.signing_key.serialize_pem())?;
        fs::write(&certificate, made.cert.pem())?;
    }
    Ok((certificate, key))
}

fn server(certificates: &Path) -> Result<Server> {
    let (certificate, key) = certificate(certificates)?;
    let engine: Engine = app().build()?;
    Ok(Server::new(engine)
        .tls(Certificates::pem(certificate, key))
        .http3())
}

#[gin::main]
async fn main() -> gin::Result<()> {
    // A public server has `.listen(Listener::tcp("[::]:443").await?)` and `.redirect_http(Listener::tcp("[::]:80").await?)`
    // besides, and `Acme` for its certificates.
    server(Path::new("certificates"))?.run().await
}

#[cfg(test)]
mod tests;
