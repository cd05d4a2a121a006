//! The way in which this machine learns to trust our own authority.

use std::path::Path;

use crate::tls::authority::{Authority, Origin};

/// Returns the notice about an authority that was made just now.
pub(super) fn made(authority: &Authority) -> Option<String> {
    (authority.origin() == Origin::Made).then(|| {
        format!(
            "made a certificate authority for you, and keeps it in {}. {}",
            authority.certificate.display(),
            remedy(authority)
        )
    })
}

/// Returns the command that makes browsers on this machine trust the authority.
pub(super) fn remedy(authority: &Authority) -> String {
    if authority.origin() == Origin::Mkcert {
        return "To trust mkcert's authority, run `mkcert -install`.".to_owned();
    }
    format!(
        "To trust it on this machine, run:\n{}",
        commands(&authority.certificate)
    )
}

/// Returns the commands, one a line. Where browsers keep certificates of their own, there is one more.
#[cfg(target_os = "macos")]
fn commands(certificate: &Path) -> String {
    format!(
        "  security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db '{}'",
        certificate.display()
    )
}

#[cfg(windows)]
fn commands(certificate: &Path) -> String {
    format!(
        "  certutil -user -addstore Root \"{}\"",
        certificate.display()
    )
}

#[cfg(not(any(windows, target_os = "macos")))]
fn commands(certificate: &Path) -> String {
    let path = certificate.display();
    let system = if Path::new("/usr/local/share/ca-certificates").is_dir() {
        format!(
            "  sudo cp '{path}' /usr/local/share/ca-certificates/cargo-gin.crt && sudo update-ca-certificates"
        )
    } else {
        // p11-kit: Fedora, Arch, openSUSE.
        format!("  sudo trust anchor --store '{path}'")
    };
    format!(
        "{system}\nand for Chromium, which keeps its own list (certutil is in libnss3-tools or nss-tools):\n  certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n cargo-gin -i '{path}'\nIn Firefox, import it under Settings, Privacy & Security, View Certificates, Authorities."
    )
}
