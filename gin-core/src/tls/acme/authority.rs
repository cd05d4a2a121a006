//! Requests to the authority.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout;

use crate::tls::acme::failure::Failure;
use crate::tls::pair::certificates;

/// The most bytes of a response.
const MAX_RESPONSE: usize = 1 << 20;
const TIMEOUT: Duration = Duration::from_secs(30);

/// A client of an authority.
#[derive(Clone)]
pub(crate) struct Authority {
    client: Client<HttpsConnector<HttpConnector>, BodyWrapper<Bytes>>,
    /// The time from which the authority takes requests again, by the last response that has refused one.
    until: Arc<Mutex<Option<SystemTime>>>,
}

impl Authority {
    /// Returns a client that trusts the certificates in `root`, else those of the system.
    pub(crate) fn new(root: Option<&Path>) -> Result<Authority, Failure> {
        // The provider is named, as an app that has two of them has no default.
        let provider = Arc::new(ring::default_provider());
        let builder = HttpsConnectorBuilder::new();
        let builder = match root {
            None => builder.with_provider_and_native_roots(ring::default_provider())?,
            Some(path) => {
                let unusable = |error: &dyn std::fmt::Display| {
                    Failure::unreachable(format!("cannot use {}: {error}", path.display()))
                };
                let mut roots = RootCertStore::empty();
                for root in certificates(path).map_err(|error| unusable(&error))? {
                    roots.add(root).map_err(|error| unusable(&error))?;
                }
                let config = ClientConfig::builder_with_provider(provider);
                let config = config
                    .with_safe_default_protocol_versions()
                    .map_err(|error| unusable(&error))?;
                let config = config.with_root_certificates(roots);
                builder.with_tls_config(config.with_no_client_auth())
            }
        };
        let connector = builder.https_only().enable_http1().build();
        Ok(Authority {
            client: Client::builder(TokioExecutor::new()).build(connector),
            until: Arc::default(),
        })
    }

    /// Returns the failure, with the time from which the authority takes requests again.
    pub(crate) fn failure(&self, failure: impl Into<Failure>) -> Failure {
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        failure.into().until(until.take())
    }

    async fn send(self, request: Request<BodyWrapper<Bytes>>) -> Result<BytesResponse, Error> {
        let exchange = async {
            let response = self.client.request(request).await.map_err(other)?;
            let (head, body) = response.into_parts();
            let body = Limited::new(body, MAX_RESPONSE).collect().await;
            let body = body.map_err(Error::Other)?.to_bytes();
            if head.status.is_client_error() || head.status.is_server_error() {
                let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
                *until = retry_after(&head.headers);
            }
            Ok(BytesResponse::from(Response::from_parts(
                head,
                Full::new(body),
            )))
        };
        match timeout(TIMEOUT, exchange).await {
            Ok(result) => result,
            Err(_) => Err(Error::Other(
                "the authority has not responded in 30 s".into(),
            )),
        }
    }
}

impl HttpClient for Authority {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        Box::pin(self.clone().send(request))
    }
}

fn other(error: hyper_util::client::legacy::Error) -> Error {
    Error::Other(Box::new(error))
}

fn retry_after(headers: &HeaderMap) -> Option<SystemTime> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    match value.parse() {
        Ok(seconds) => SystemTime::now().checked_add(Duration::from_secs(seconds)),
        Err(_) => httpdate::parse_http_date(value).ok(),
    }
}
