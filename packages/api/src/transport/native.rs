//! The network on native platforms.

use std::time::Duration;

use copilot_core::Millis;

use super::Outgoing;
use crate::address::ServerAddress;
use crate::answer::{BODY_MAX, Broken, Head, HttpAnswer};
use crate::call::Timeouts;

/// Connections to one server, in two pools: how long a piece of an answer may take belongs to the pool.
pub(crate) struct Transport {
    /// `None` when the TLS library could not be set up: nothing can be sent then.
    quick: Option<reqwest::Client>,
    patient: Option<reqwest::Client>,
}

impl Transport {
    pub(crate) fn new(server: &ServerAddress, timeouts: &Timeouts) -> Self {
        let builder = || {
            let builder = reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(span(timeouts.connect));
            // A proxy of the company cannot reach this device and must not see what stays on it.
            if server.is_loopback() { builder.no_proxy() } else { builder }
        };
        Self {
            quick: builder().read_timeout(span(timeouts.first_byte)).build().ok(),
            patient: builder().build().ok(),
        }
    }

    pub(crate) async fn run(&self, outgoing: Outgoing) -> Result<HttpAnswer, Broken> {
        let pool = if outgoing.patience.piece.is_some() { &self.quick } else { &self.patient };
        let client = pool.as_ref().ok_or(Broken::NotSent)?;
        let method = outgoing.method.as_str().as_bytes();
        let method = reqwest::Method::from_bytes(method).map_err(|_| Broken::NotSent)?;
        let mut request = client.request(method, outgoing.url).timeout(span(outgoing.patience.whole));
        for (name, value) in outgoing.headers {
            request = request.header(name, value);
        }
        if let Some(body) = outgoing.body {
            request = request.body(body);
        }
        let response = request.send().await.map_err(|error| broken(&error))?;
        Ok(read(response).await)
    }
}

/// A connection that never stood carried nothing; anything later may have carried all of it.
fn broken(error: &reqwest::Error) -> Broken {
    if error.is_connect() || error.is_builder() { Broken::NotSent } else { Broken::NoAnswer }
}

async fn read(mut response: reqwest::Response) -> HttpAnswer {
    let headers = response.headers();
    let head = Head::read(response.status().as_u16(), |name| {
        let values: Vec<_> =
            headers.get_all(name).iter().map(|v| String::from_utf8_lossy(v.as_bytes())).collect();
        // Browsers join repeated headers the same way.
        (!values.is_empty()).then(|| values.join(", "))
    });
    let mut body = Vec::new();
    let whole = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= BODY_MAX => {
                body.extend_from_slice(&chunk);
            }
            Ok(None) => break true,
            Ok(Some(_)) | Err(_) => break false,
        }
    };
    HttpAnswer { head, body, whole }
}

const fn span(millis: Millis) -> Duration {
    Duration::from_millis(millis.0)
}
