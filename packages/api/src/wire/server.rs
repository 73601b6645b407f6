//! What a server says about itself (contract 2.1).

use std::sync::Arc;

use copilot_core::Millis;
use copilot_core::request::Limits;
use serde::Deserialize;

use crate::dialect::Dialect;
use crate::oauth::OAuthOffer;

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
    #[serde(default, deserialize_with = "maybe")]
    dashboard_url: Option<String>,
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
    #[serde(default, rename = "supportUrl", deserialize_with = "maybe")]
    support_url: Option<String>,
}

impl Capabilities {
    pub(crate) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The limits; where the server is silent, or says nothing useful, the contract's defaults hold.
    pub(crate) fn limits(&self) -> Limits {
        let default = Limits {
            dashboard: self.dashboard(),
            support: self.branding.as_ref().and_then(|branding| page(branding.support_url.as_deref()?)),
            ..Dialect::Turns.limits()
        };
        let Some(said) = &self.limits else {
            return default;
        };
        let extensions: Vec<Arc<str>> =
            said.allowed_extensions.iter().filter_map(|text| extension(text)).collect();
        Limits {
            max_bytes: said.max_file_bytes.filter(|&bytes| bytes > 0).unwrap_or(default.max_bytes),
            extensions: if extensions.is_empty() { default.extensions } else { extensions },
            turn_bound: match said.turn_response_bound_seconds {
                Some(seconds) if seconds > 0 => Millis::seconds(seconds.into()),
                _ => default.turn_bound,
            },
            key_lifetime: default.key_lifetime,
            search: default.search,
            dashboard: default.dashboard,
            support: default.support,
        }
    }

    /// Where the dashboard is, without a slash at the end; `None` for what no page can be opened at.
    pub(crate) fn dashboard(&self) -> Option<Arc<str>> {
        page(self.dashboard_url.as_deref()?).filter(|url| !url.contains(['?', '#']))
    }

    /// What the operator calls the server.
    pub(crate) fn name(&self) -> Option<Arc<str>> {
        self.branding.as_ref()?.name.clone().filter(|name| !name.trim().is_empty())
    }
}

/// An address that may be opened: of the web, without a user in it, without a slash at the end.
fn page(text: &str) -> Option<Arc<str>> {
    let url = text.trim().trim_end_matches('/');
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let plain = url.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'@' | b'\\' | b'"' | b'<' | b'>'));
    (plain && !host.is_empty()).then(|| url.into())
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
    #[serde(default, deserialize_with = "maybe")]
    oauth: Option<OAuthBody>,
}

#[derive(Deserialize)]
struct OAuthBody {
    client_id: Arc<str>,
    #[serde(default, deserialize_with = "list")]
    scopes: Vec<Arc<str>>,
}

impl AuthConfig {
    /// How to sign in by OAuth, where the server wants that and `dashboard` is the place to do it.
    pub(crate) fn offer(&self, dashboard: Option<Arc<str>>) -> Option<OAuthOffer> {
        let oauth = self.oauth.as_ref().filter(|_| self.auth_mode == "oauth")?;
        Some(OAuthOffer {
            dashboard: dashboard?,
            client_id: oauth.client_id.clone(),
            scopes: oauth.scopes.clone(),
        })
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}
