//! Keys of rows: stable from the first frame to the last (I9).

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{IdError, IdType, OptimisticId, RealId};

/// Marks a key that was derived from a server id. A colon cannot stand in an [`OptimisticId`].
const DERIVED_PREFIX: &str = "srv:";

macro_rules! key {
    ($(#[$doc:meta])* $name:ident, $kind:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "Arc<str>", into = "Arc<str>")]
        pub struct $name(Arc<str>);

        impl $name {
            pub(crate) fn local(id: OptimisticId) -> Self {
                debug_assert_eq!(id.kind(), $kind);
                Self(Arc::from(id.to_string()))
            }

            /// The key of a row first seen on the server.
            #[must_use]
            pub fn of_server(id: &RealId) -> Self {
                Self(Arc::from(format!("{DERIVED_PREFIX}{id}")))
            }

            /// The key as text, for `data-key`, maps and the journal.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The server id that the key was derived from; `None` for rows born on this device.
            #[must_use]
            pub fn derived_from(&self) -> Option<RealId> {
                // Checked when the key was made.
                self.derived_text().map(|id| RealId(Arc::from(id)))
            }

            /// The server id that the key was derived from, as text.
            pub(crate) fn derived_text(&self) -> Option<&str> {
                self.0.strip_prefix(DERIVED_PREFIX)
            }
        }

        /// Copies of one key are compared without looking at their text: lists of ten thousand are, before a row is
        /// painted.
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
            }
        }

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.0.hash(state);
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                match text.strip_prefix(DERIVED_PREFIX) {
                    Some(real) => RealId::parse(real).map(|_| ())?,
                    None if text.parse::<OptimisticId>()?.kind() == $kind => {}
                    None => return Err(IdError::NotOptimistic),
                }
                Ok(Self(Arc::from(text)))
            }
        }

        impl TryFrom<Arc<str>> for $name {
            type Error = IdError;
            fn try_from(text: Arc<str>) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for Arc<str> {
            fn from(key: $name) -> Self {
                key.0
            }
        }
    };
}

key!(
    /// What a case is called on this device, for life.
    CaseKey,
    IdType::Case
);
key!(
    /// What a message row is called on this device, for life. Unique within its case only: servers
    /// number messages per case.
    MessageKey,
    IdType::Message
);
