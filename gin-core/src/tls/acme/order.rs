//! An order: a request for the certificate of one name, from its challenge to the file in the cache.

use std::time::Duration;

use instant_acme::{
    Account, AuthorizationStatus, ChallengeType, Identifier, NewOrder, Order, OrderStatus,
    RetryPolicy,
};
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use tokio::time::timeout;

use crate::tls::acme::account::account;
use crate::tls::acme::authority::Authority;
use crate::tls::acme::cache::remove;
use crate::tls::acme::failure::{Cause, Failure};
use crate::tls::acme::settings::Acme;

/// The most time for an order. Authorities take seconds.
const TIMEOUT: Duration = Duration::from_secs(300);

/// Requests the certificate of `name`, and writes it to the cache.
pub(crate) async fn obtain(acme: &Acme, name: &str) -> Result<(), Failure> {
    let authority = Authority::new(acme.root.as_deref())?;
    let ordered = async {
        match attempt(acme, &authority, name).await {
            // The authority has forgotten the account, such as one for tests that has started again.
            Err(failure) if failure.cause == Cause::UnknownAccount => {
                remove(&acme.cache().account())?;
                attempt(acme, &authority, name).await
            }
            result => result,
        }
    };
    let result = match timeout(TIMEOUT, ordered).await {
        Ok(result) => result,
        Err(_) => Err(Failure::refused("the authority has not decided in 5 min")),
    };
    remove(&acme.cache().challenge(name))?;
    result
}

async fn attempt(acme: &Acme, authority: &Authority, name: &str) -> Result<(), Failure> {
    let account = account(acme, authority).await?;
    let pem = issue(acme, &account, name).await;
    let pem = pem.map_err(|failure| authority.failure(failure))?;
    let cache = acme.cache();
    Ok(cache.write(&cache.certificate(name), pem.as_bytes())?)
}

/// Returns the certificate, the chain of its issuers and its key, in PEM.
async fn issue(acme: &Acme, account: &Account, name: &str) -> Result<String, Failure> {
    let names = [Identifier::Dns(name.to_owned())];
    let mut order = account.new_order(&NewOrder::new(&names)).await?;
    meet_challenges(acme, &mut order, name).await?;
    let policy = RetryPolicy::new().timeout(TIMEOUT);
    if order.poll_ready(&policy).await? == OrderStatus::Invalid {
        return Err(refusal(&mut order).await);
    }
    let key = order.finalize().await?;
    let chain = order.poll_certificate(&policy).await?;
    Ok(format!("{}\n{key}", chain.trim_end()))
}

async fn meet_challenges(acme: &Acme, order: &mut Order, name: &str) -> Result<(), Failure> {
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        if authorization.status != AuthorizationStatus::Pending {
            continue;
        }
        let Some(mut challenge) = authorization.challenge(ChallengeType::TlsAlpn01) else {
            let text = "the authority does not verify names over TLS (TLS-ALPN-01); choose another, or give a certificate in files";
            return Err(Failure::refused(text));
        };
        let digest = challenge.key_authorization().digest();
        let pem = challenge_certificate(name, digest.as_ref())
            .map_err(|error| Failure::unreachable(error.to_string()))?;
        let cache = acme.cache();
        cache.write(&cache.challenge(name), pem.as_bytes())?;
        challenge.set_ready().await?;
    }
    Ok(())
}

/// Returns the certificate that shows the authority that this server belongs to the account (RFC 8737), with its key.
fn challenge_certificate(name: &str, digest: &[u8]) -> Result<String, rcgen::Error> {
    let mut params = CertificateParams::new([name.to_owned()])?;
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    Ok(format!("{}{}", certificate.pem(), key.serialize_pem()))
}

/// Returns the reason for which the authority has refused `order`: it is with the challenge.
async fn refusal(order: &mut Order) -> Failure {
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let Ok(mut authorization) = authorization else {
            continue;
        };
        let Ok(state) = authorization.refresh().await else {
            continue;
        };
        let mut problems = state.challenges.iter().filter_map(|it| it.error.as_ref());
        if let Some(problem) = problems.next() {
            let text = problem.to_string();
            return Failure::refused(text.replacen("API error: ", "", 1));
        }
    }
    Failure::refused("the authority could not verify the name")
}
