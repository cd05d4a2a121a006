//! The certificate authority that issues the certificates of `--https`.

use std::fmt;
use std::fs;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, SanType,
};
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::CertifiedKey;
use time::OffsetDateTime;
use x509_parser::pem::parse_x509_pem;

use crate::tls::server::provider;
use crate::tls::store::Store;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// The time that our own authority is valid.
const AUTHORITY_VALIDITY: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);
/// The time that a certificate is valid. A new one is issued at each start.
const VALIDITY: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The names that our own authority can certify, with all below them: nobody can own one on the internet (RFC 6761, RFC 8375).
const NAMES: [&str; 6] = [
    "localhost",
    "test",
    "local",
    "internal",
    "home.arpa",
    "example",
];
/// The addresses that it can certify: those of this machine and of private networks.
const NETWORKS: [(&str, u8); 8] = [
    ("127.0.0.0", 8),
    ("10.0.0.0", 8),
    ("172.16.0.0", 12),
    ("192.168.0.0", 16),
    ("169.254.0.0", 16),
    ("::1", 128),
    ("fc00::", 7),
    ("fe80::", 10),
];

/// The name or the address that a certificate is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    Name(String),
    Address(IpAddr),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Name(name) => f.write_str(name),
            Subject::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Subject::Address(address) => write!(f, "{address}"),
        }
    }
}

/// A certificate authority.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    origin: Origin,
    /// The file of its certificate.
    pub(super) certificate: PathBuf,
    /// The key of all certificates of this run.
    key: KeyPair,
}

/// The program that made an authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Mkcert,
    /// This one, in an earlier run.
    Kept,
    /// This one, just now.
    Made,
}

impl Authority {
    /// Opens this user's authority, and makes one if there is none.
    pub(super) fn open() -> anyhow::Result<Authority> {
        if let Some(store) = Store::of_mkcert()? {
            return Authority::read(store, Origin::Mkcert);
        }
        let store = Store::own()?;
        let origin = if store.certificate.exists() && store.key.exists() {
            Origin::Kept
        } else {
            make(&store)?;
            Origin::Made
        };
        Authority::read(store, origin)
    }

    fn read(store: Store, origin: Origin) -> anyhow::Result<Authority> {
        let remedy = match origin {
            Origin::Mkcert => "make a new one with `mkcert -install`".to_owned(),
            Origin::Kept | Origin::Made => {
                format!("delete {} to make a new one", store.directory().display())
            }
        };
        let [certificate, key] = [&store.certificate, &store.key].map(|path| {
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
        });
        let (certificate, key) = (certificate?, key?);
        let unusable = |path: &PathBuf, reason: &dyn ToString| {
            let (path, reason) = (path.display(), reason.to_string());
            anyhow!("cannot use {path}: {reason}; {remedy}")
        };
        let key = KeyPair::from_pem(&key).map_err(|error| unusable(&store.key, &error))?;
        check_validity(&certificate).map_err(|error| unusable(&store.certificate, &error))?;
        let issuer = Issuer::from_ca_cert_pem(&certificate, key)
            .map_err(|error| unusable(&store.certificate, &error))?;
        Ok(Authority {
            issuer,
            origin,
            certificate: store.certificate,
            key: KeyPair::generate().context("cannot make a private key")?,
        })
    }

    /// Returns the program that made it.
    pub(super) fn origin(&self) -> Origin {
        self.origin
    }

    /// Returns `true` if it can certify `subject`.
    pub(super) fn certifies(&self, subject: &Subject) -> bool {
        self.origin == Origin::Mkcert || is_private(subject)
    }

    /// Issues a certificate for `subject` and for the names of this machine itself.
    ///
    /// A subject that it cannot certify is left out: a browser then objects to the name, as it would to any other certificate.
    pub(super) fn issue(&self, subject: &Subject) -> anyhow::Result<Arc<CertifiedKey>> {
        let mut params =
            CertificateParams::new(["localhost", "127.0.0.1", "::1"].map(str::to_owned))?;
        if self.certifies(subject) {
            let name = match subject {
                Subject::Name(name) => SanType::DnsName(name.as_str().try_into()?),
                Subject::Address(address) => SanType::IpAddress(*address),
            };
            if !params.subject_alt_names.contains(&name) {
                params.subject_alt_names.push(name);
            }
        }
        let now = OffsetDateTime::now_utc();
        (params.not_before, params.not_after) = (now - DAY, now + VALIDITY);
        params
            .distinguished_name
            .push(DnType::CommonName, "cargo gin dev");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let certificate = params.signed_by(&self.key, &self.issuer)?;
        let key = PrivateKeyDer::Pkcs8(self.key.serialize_der().into());
        let chain = vec![certificate.der().clone()];
        Ok(Arc::new(CertifiedKey::from_der(chain, key, &provider())?))
    }
}

/// Makes an authority, and keeps it for this user.
fn make(store: &Store) -> anyhow::Result<()> {
    let key = KeyPair::generate().context("cannot make a private key")?;
    let mut params = CertificateParams::default();
    let user = ["USER", "USERNAME"].map(|name| std::env::var(name).ok());
    let user = user.into_iter().flatten().next();
    let name = user.map_or_else(
        || "cargo gin dev CA".to_owned(),
        |user| format!("cargo gin dev CA of {user}"),
    );
    params.distinguished_name.push(DnType::CommonName, name);
    params
        .distinguished_name
        .push(DnType::OrganizationName, "cargo gin");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: permitted(),
        excluded_subtrees: Vec::new(),
    });
    let now = OffsetDateTime::now_utc();
    (params.not_before, params.not_after) = (now - DAY, now + AUTHORITY_VALIDITY);
    let certificate = params.self_signed(&key)?;
    store
        .write(&certificate.pem(), &key.serialize_pem())
        .with_context(|| {
            let directory = store.directory().display();
            format!(
                "cannot keep the certificate authority of --https in {directory}; give --cert-file and --key-file, or set XDG_DATA_HOME to a directory that can be written"
            )
        })
}

fn permitted() -> Vec<GeneralSubtree> {
    let names = NAMES.map(|name| GeneralSubtree::DnsName(name.to_owned()));
    let networks = NETWORKS.iter().filter_map(|(address, bits)| {
        let network = CidrSubnet::from_addr_prefix(address.parse().ok()?, *bits);
        Some(GeneralSubtree::IpAddress(network))
    });
    names.into_iter().chain(networks).collect()
}

/// Returns `true` if our own authority can certify `subject`.
fn is_private(subject: &Subject) -> bool {
    match subject {
        Subject::Name(name) => NAMES.iter().any(|allowed| {
            name.strip_suffix(allowed)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        }),
        Subject::Address(IpAddr::V4(address)) => {
            address.is_loopback() || address.is_private() || address.is_link_local()
        }
        Subject::Address(IpAddr::V6(address)) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

fn check_validity(pem: &str) -> anyhow::Result<()> {
    let (_, pem) = parse_x509_pem(pem.as_bytes()).map_err(|error| anyhow!("{error}"))?;
    let certificate = pem.parse_x509().map_err(|error| anyhow!("{error}"))?;
    let until = certificate.validity().not_after;
    if certificate.validity().is_valid() {
        Ok(())
    } else {
        Err(anyhow!("it was valid until {until}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_and_addresses_that_nobody_owns_are_private() {
        let name = |name: &str| Subject::Name(name.to_owned());
        let address = |address: &str| Subject::Address(address.parse().unwrap());
        for (subject, expected) in [
            (name("localhost"), true),
            (name("blog.localhost"), true),
            (name("app.test"), true),
            (name("nas.local"), true),
            (name("router.home.arpa"), true),
            (name("latest"), false),
            (name("app.latest"), false),
            (name("arpa"), false),
            (name("example.com"), false),
            (address("127.0.0.1"), true),
            (address("192.168.1.5"), true),
            (address("172.31.0.1"), true),
            (address("172.32.0.1"), false),
            (address("203.0.113.9"), false),
            (address("::1"), true),
            (address("fd00::5"), true),
            (address("fe80::5"), true),
            (address("2001:db8::5"), false),
        ] {
            assert_eq!(is_private(&subject), expected, "{subject:?}");
        }
        assert_eq!(permitted().len(), NAMES.len() + NETWORKS.len());
    }
}
