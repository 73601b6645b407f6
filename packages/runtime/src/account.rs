//! Whose data this is.
//!
//! One account on one server has one profile, and a profile has one store: the data of two accounts
//! never share a folder or a database (I20).

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// One account on one server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Address of the server, in its normal form.
    pub server: String,
    /// The server's id of the user.
    pub user_id: String,
    /// The name the user signs in with.
    pub username: String,
    /// The name the user goes by.
    pub display_name: String,
}

impl Account {
    /// The profile that the account's data is kept under.
    #[must_use]
    pub fn profile(&self) -> ProfileId {
        ProfileId::of(&self.server, &self.user_id)
    }
}

/// Names the store, the locks and the credentials of one account: 32 characters of 0-9 and a-f.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileId(String);

impl ProfileId {
    /// The first 128 bits of SHA-256 over server and user id. A cryptographic hash, because servers
    /// choose user ids: none of them may aim at the profile of another server's account.
    #[must_use]
    pub fn of(server: &str, user_id: &str) -> Self {
        let digest = Sha256::new().chain_update(server).chain_update([0]).chain_update(user_id).finalize();
        Self(digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect())
    }

    /// The profile as text, safe in file names and keys.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProfileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_accounts_never_share_a_profile() {
        let profiles = [
            ProfileId::of("http://a.example", "u1"),
            ProfileId::of("http://a.example", "u2"),
            ProfileId::of("http://b.example", "u1"),
            ProfileId::of("http://a.exampleu", "1"),
        ];
        let distinct: std::collections::BTreeSet<_> = profiles.iter().collect();
        assert_eq!(distinct.len(), profiles.len());
    }

    #[test]
    fn a_profile_stays_the_same_across_versions_of_the_program() {
        assert_eq!(ProfileId::of("http://127.0.0.1:8787", "u-1").as_str().len(), 32);
        assert_eq!(
            ProfileId::of("http://127.0.0.1:8787", "u-1"),
            ProfileId::of("http://127.0.0.1:8787", "u-1")
        );
    }
}
