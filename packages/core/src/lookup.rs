//! Keys that are looked up and never walked over: found in one step, however many there are.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

/// A table whose order nobody may see. Its hashes have no seed, so that the core draws no randomness of its own; whoever
/// could choose keys that collide would slow down their own cases only.
pub(crate) type Lookup<K, V> = HashMap<K, V, BuildHasherDefault<DefaultHasher>>;
