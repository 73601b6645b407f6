//! Readers for optional fields: a value of the wrong type is a missing value.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// An optional value of any type.
pub(super) fn maybe<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str(raw.get()).ok())
}

/// An optional list; entries that cannot be read are left out.
pub(super) fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let rows: Option<Vec<Box<RawValue>>> = maybe(deserializer)?;
    Ok(rows.into_iter().flatten().filter_map(|row| serde_json::from_str(row.get()).ok()).collect())
}

/// An optional count. The schema calls counts "number", so 3.0 is three.
pub(super) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let number: Option<f64> = maybe(deserializer)?;
    Ok(number.filter(|n| n.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(n)).map(|n| n as u32))
}
