//! Who is calling: the access token, and the session when one is named.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use crate::app::App;
use crate::refusal::Refusal;
use crate::store::{accounts, sessions};
use crate::{secrets, words};

/// Activity of a session is written down when the last note of it is older than this many seconds.
const TOUCH_SECONDS: i64 = 60;

/// A signed-in caller.
pub(crate) struct Caller {
    pub(crate) user: accounts::User,
    pub(crate) access_digest: String,
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        let token = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .filter(|token| !token.is_empty())
            .ok_or_else(|| Refusal::token(words::SIGN_IN_FIRST))?;
        let access_digest = secrets::token_digest(token);
        let session_id =
            parts.headers.get("x-session-id").and_then(|value| value.to_str().ok()).map(str::to_owned);
        // A session's own address judges the session itself: reading an expired one must not fail for being expired.
        let judges_session = !parts.uri.path().starts_with("/api/v1/sessions")
            && !parts.uri.path().starts_with("/api/v1/auth/");
        let now = app.clock.now();
        let digest = access_digest.clone();
        let (user, stale) = app
            .store
            .read(move |db| {
                let user = accounts::by_access(db, &digest, now)?
                    .ok_or_else(|| Refusal::token(words::TOKEN_DEAD))?;
                let mut stale = None;
                if let Some(session_id) = session_id.filter(|_| judges_session) {
                    let session = sessions::find(db, &user.user_id, &session_id)?;
                    let session = session
                        .filter(|session| session.is_live(now))
                        .ok_or_else(Refusal::session_expired)?;
                    if session.active.plus_seconds(TOUCH_SECONDS) <= now {
                        stale = Some(session.session_id);
                    }
                }
                Ok::<_, Refusal>((user, stale))
            })
            .await?;
        if let Some(session_id) = stale {
            app.store.write(move |db| sessions::touch(db, &session_id, now).map_err(Refusal::from)).await?;
        }
        Ok(Self { user, access_digest })
    }
}
