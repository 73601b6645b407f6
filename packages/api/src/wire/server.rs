//! What a server says about itself (contract 2.1).

use std::sync::Arc;

use copilot_core::Millis;
use copilot_core::request::Limits;
use serde::Deserialize;

use super::lenient::{count, list, maybe};

/// Capabilities, the proof of dialect A (contract 1, row 1).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Capabilities {
    #[serde(rename = "deploymentMode")]
    _deployment_mode: String,
    #[serde(default, deserialize_with = "maybe")]
    limits: Option<LimitsBody>,
    #[serde(default, deserialize_with = "maybe")]
    branding: Option<Branding>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LimitsBody {
    #[serde(default, deserialize_with = "maybe")]
    max_file_bytes: Option<u64>,
    #[serde(default, deserialize_with = "list")]
    allowed_extensions: Vec<String>,
    #[serde(default, deserialize_with = "count")]
    turn_response_bound_seconds: Option<u32>,
}

#[derive(Deserialize)]
struct Branding {
    #[serde(default, deserialize_with = "maybe")]
    name: Option<Arc<str>>,
}

impl Capabilities {
    pub(crate) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The limits; where the server is silent, or says nothing useful, the contract's defaults hold.
    pub(crate) fn limits(&self) -> Limits {
        let Some(said) = &self.limits else {
            return Limits::default();
        };
        let default = Limits::default();
        let extensions: Vec<Arc<str>> =
            said.allowed_extensions.iter().filter_map(|text| extension(text)).collect();
        Limits {
            max_bytes: said.max_file_bytes.filter(|&bytes| bytes > 0).unwrap_or(default.max_bytes),
            extensions: if extensions.is_empty() { default.extensions } else { extensions },
            turn_bound: match said.turn_response_bound_seconds {
                Some(seconds) if seconds > 0 => Millis::seconds(seconds.into()),
                _ => default.turn_bound,
            },
        }
    }

    /// What the operator calls the server.
    pub(crate) fn name(&self) -> Option<Arc<str>> {
        self.branding.as_ref()?.name.clone().filter(|name| !name.trim().is_empty())
    }
}

/// In lower case and with its dot, whichever way the server writes it.
fn extension(text: &str) -> Option<Arc<str>> {
    let name = text.trim().trim_start_matches('.').to_ascii_lowercase();
    (!name.is_empty()).then(|| format!(".{name}").into())
}

/// How to sign in, the other proof of dialect A (contract 1, row 2).
#[derive(Deserialize)]
pub(crate) struct AuthConfig {
    pub(crate) auth_mode: String,
    #[serde(default, deserialize_with = "maybe")]
    pub(crate) supports_registration: Option<bool>,
}

impl AuthConfig {
    pub(crate) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}
