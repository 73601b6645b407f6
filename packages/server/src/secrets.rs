//! Random tokens and ids, and the one-way forms in which secrets are stored.
//!
//! Nothing here logs or stores anything.

use sha2::{Digest, Sha256};

/// Rounds of PBKDF2-HMAC-SHA-256 over a password. 120,000 take about 50 ms on a laptop of 2024.
const PASSWORD_ROUNDS: u32 = 120_000;

/// Bytes of randomness in a token: 256 bits.
const TOKEN_BYTES: usize = 32;

/// The operating system refused to give random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no random bytes: {0}")]
pub(crate) struct NoEntropy(getrandom::Error);

/// A new unguessable token, 64 hexadecimal digits.
pub(crate) fn new_token() -> Result<String, NoEntropy> {
    random_hex(TOKEN_BYTES)
}

/// A new id: `prefix` and 16 hexadecimal digits.
pub(crate) fn new_id(prefix: &str) -> Result<String, NoEntropy> {
    Ok(format!("{prefix}{}", random_hex(8)?))
}

/// The stored form of a token. Tokens carry 256 random bits, so one round without salt is enough.
pub(crate) fn token_digest(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// SHA-256 of some bytes in hexadecimal.
pub(crate) fn content_digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Salt and hash of a password, ready to be stored.
pub(crate) struct StoredPassword {
    pub(crate) salt: String,
    pub(crate) hash: String,
}

/// Hashes a new password with a fresh salt. Slow on purpose: call it off the async threads.
pub(crate) fn hash_password(password: &str) -> Result<StoredPassword, NoEntropy> {
    let salt = random_hex(16)?;
    let hash = stretch(password, &salt);
    Ok(StoredPassword { salt, hash })
}

/// Whether `password` is the one that was stored. Slow on purpose: call it off the async threads.
pub(crate) fn password_matches(password: &str, stored: &StoredPassword) -> bool {
    same(stretch(password, &stored.salt).as_bytes(), stored.hash.as_bytes())
}

/// Compares without stopping at the first difference.
pub(crate) fn same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().zip(right).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

/// PBKDF2-HMAC-SHA-256 (RFC 8018), one block of output.
fn stretch(password: &str, salt: &str) -> String {
    let mac = Hmac::new(password.as_bytes());
    let mut block = salt.as_bytes().to_vec();
    block.extend_from_slice(&1_u32.to_be_bytes());
    let mut round = mac.sum(&block);
    let mut output = round;
    for _ in 1..PASSWORD_ROUNDS {
        round = mac.sum(&round);
        for (out, byte) in output.iter_mut().zip(round) {
            *out ^= byte;
        }
    }
    hex(&output)
}

/// HMAC-SHA-256 (RFC 2104) with the two padded keys absorbed once.
struct Hmac {
    inner: Sha256,
    outer: Sha256,
}

impl Hmac {
    fn new(key: &[u8]) -> Self {
        let mut padded = [0_u8; 64];
        if key.len() > padded.len() {
            for (slot, byte) in padded.iter_mut().zip(Sha256::digest(key)) {
                *slot = byte;
            }
        } else {
            for (slot, byte) in padded.iter_mut().zip(key) {
                *slot = *byte;
            }
        }
        Self {
            inner: Sha256::new_with_prefix(padded.map(|byte| byte ^ 0x36)),
            outer: Sha256::new_with_prefix(padded.map(|byte| byte ^ 0x5c)),
        }
    }

    fn sum(&self, message: &[u8]) -> [u8; 32] {
        let inner = self.inner.clone().chain_update(message).finalize();
        self.outer.clone().chain_update(inner).finalize().into()
    }
}

fn random_hex(bytes: usize) -> Result<String, NoEntropy> {
    let mut buffer = vec![0_u8; bytes];
    getrandom::fill(&mut buffer).map_err(NoEntropy)?;
    Ok(hex(&buffer))
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mac_gives_the_answer_of_rfc_4231() {
        let sum = Hmac::new(b"Jefe").sum(b"what do ya want for nothing?");
        assert_eq!(hex(&sum), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn a_password_matches_itself_only_and_is_salted() {
        let first = hash_password("correct horse").unwrap();
        let second = hash_password("correct horse").unwrap();
        assert_ne!(first.hash, second.hash);
        assert!(password_matches("correct horse", &first));
        assert!(!password_matches("correct horsf", &first));
    }
}
