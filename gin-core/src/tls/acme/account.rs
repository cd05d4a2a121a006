//! The account at the authority, whose key is in the cache.

use std::fs;

use instant_acme::{Account, AccountCredentials, NewAccount};

use crate::tls::acme::authority::Authority;
use crate::tls::acme::failure::Failure;
use crate::tls::acme::settings::{Acme, Terms};

/// Returns the account in the cache, else a new one.
pub(crate) async fn account(acme: &Acme, authority: &Authority) -> Result<Account, Failure> {
    let builder = Account::builder_with_http(Box::new(authority.clone()));
    let path = acme.cache().account();
    // A file that is damaged is replaced.
    let known = fs::read(&path).ok();
    let known = known.and_then(|json| serde_json::from_slice::<AccountCredentials>(&json).ok());
    if let Some(credentials) = known {
        let account = builder.from_credentials(credentials).await;
        return account.map_err(|error| authority.failure(error));
    }
    let contacts: Vec<_> = acme.contacts.iter().map(String::as_str).collect();
    let new = NewAccount {
        contact: &contacts,
        terms_of_service_agreed: acme.terms == Terms::Agreed,
        only_return_existing: false,
    };
    let created = builder.create(&new, acme.directory.clone(), None).await;
    let (account, credentials) = created.map_err(|error| authority.failure(error))?;
    let json = serde_json::to_vec(&credentials).map_err(std::io::Error::from)?;
    acme.cache().write(&path, &json)?;
    Ok(account)
}
