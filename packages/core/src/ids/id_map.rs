//! The link table: which server case a local case became. One-to-one and write-once (I9).

use super::{CaseKey, RealId};

use crate::ordered::OrderedMap;

/// Why two ids could not be linked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// The case is already linked to another server id.
    #[error("case {key} is already linked to {linked}, not to {refused}")]
    KeyTaken {
        /// The local key.
        key: CaseKey,
        /// What it is linked to.
        linked: RealId,
        /// What it should have been linked to.
        refused: RealId,
    },
    /// Another case is already linked to the server id.
    #[error("server case {real} already belongs to {linked}, not to {refused}")]
    RealTaken {
        /// The server id.
        real: RealId,
        /// The key that owns it.
        linked: CaseKey,
        /// The key that was refused.
        refused: CaseKey,
    },
}

/// `CaseKey` ↔ `RealId`, one-to-one, write-once.
#[derive(Debug, Clone, Default)]
pub struct IdMap {
    real_of: OrderedMap<CaseKey, RealId>,
    key_of: OrderedMap<RealId, CaseKey>,
}

impl IdMap {
    /// Whether a key may be linked to a server id.
    ///
    /// # Errors
    /// [`LinkError`] when either side already belongs to another.
    pub fn check(&self, key: &CaseKey, real: &RealId) -> Result<(), LinkError> {
        if let Some(linked) = self.real_of.get(key)
            && linked != real
        {
            return Err(LinkError::KeyTaken {
                key: key.clone(),
                linked: linked.clone(),
                refused: real.clone(),
            });
        }
        if let Some(linked) = self.key_of.get(real)
            && linked != key
        {
            return Err(LinkError::RealTaken {
                real: real.clone(),
                linked: linked.clone(),
                refused: key.clone(),
            });
        }
        Ok(())
    }

    /// Links a key to a server id. Linking the same pair again changes nothing.
    ///
    /// # Errors
    /// [`LinkError`] when either side already belongs to another.
    pub fn link(&mut self, key: &CaseKey, real: &RealId) -> Result<(), LinkError> {
        self.check(key, real)?;
        self.real_of.insert(key.clone(), real.clone());
        self.key_of.insert(real.clone(), key.clone());
        Ok(())
    }

    /// The server id of a case, if the server knows it.
    #[must_use]
    pub fn real(&self, key: &CaseKey) -> Option<&RealId> {
        self.real_of.get(key)
    }

    /// The key of a server case, if it has been seen.
    #[must_use]
    pub fn key(&self, real: &RealId) -> Option<&CaseKey> {
        self.key_of.get(real)
    }

    /// All links, in key order.
    pub fn iter(&self) -> impl Iterator<Item = (&CaseKey, &RealId)> {
        self.real_of.iter()
    }

    /// Number of links.
    #[must_use]
    pub fn len(&self) -> usize {
        self.real_of.len()
    }

    /// Whether nothing is linked yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.real_of.is_empty()
    }
}
