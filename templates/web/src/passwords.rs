//! Passwords, of which the database has hashes only.

use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, SaltString};
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use gin::prelude::*;
use tokio::task::spawn_blocking;

/// Hashes a password, which takes long on purpose, so off the threads that serve requests.
pub async fn hash(password: String) -> gin::Result<String> {
    let hash = spawn_blocking(move || {
        let salt = SaltString::generate(&mut OsRng);
        let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
        hash.map(|hash| hash.to_string())
    });
    hash.await?.or_status(500, "the password cannot be hashed")
}

/// Returns `true` if a password has the hash. Without a hash it takes as long, so that nobody learns which users exist.
pub async fn fits(password: String, hash: Option<String>) -> gin::Result<bool> {
    let Some(hash) = hash else {
        self::hash(password).await?;
        return Ok(false);
    };
    let fits = spawn_blocking(move || {
        let hash = PasswordHash::new(&hash);
        hash.is_ok_and(|hash| {
            Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok()
        })
    });
    Ok(fits.await?)
}
