//! Sign-in: names, passwords, the start link, and the token pairs that come of them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use rusqlite::Connection;

use super::caller::Caller;
use super::sessions::{DEFAULT_MINUTES, new_session};
use crate::app::App;
use crate::clock::Moment;
use crate::options::Dialect;
use crate::outcome::committed;
use crate::refusal::Refusal;
use crate::secrets::{self, StoredPassword};
use crate::store::accounts::{self, Grant, User};
use crate::store::sessions;
use crate::wire_types::meta::SignedOut;
use crate::wire_types::requests::{RefreshRequest, SignInRequest, StartLink};
use crate::wire_types::{
    DevSignedIn, ORGANIZATION, Organization, Refreshed, SignedIn, UserInfo, UserProfile,
};
use crate::{body, words};

/// How long an access token lives.
const ACCESS_SECONDS: i64 = 15 * 60;

/// How long a refresh token lives: a panel that was not opened for a month signs in again.
const REFRESH_SECONDS: i64 = 30 * 24 * 3600;

/// How long the opaque token of the queries dialect lives (contract 1).
const OPAQUE_SECONDS: i64 = 24 * 3600;

/// Name of the owner's account where the operating system tells none.
const OWNER_NAME: &str = "owner";

/// Lengths of a name.
const NAME_CHARS: std::ops::RangeInclusive<usize> = 3..=50;

/// Longest password in bytes; longer ones would only cost time.
const MAX_PASSWORD_BYTES: usize = 1024;

fn credentials(headers: &HeaderMap, body: &Bytes) -> Result<SignInRequest, Refusal> {
    let mut given: SignInRequest = body::json(headers, body)?;
    given.username = given.username.trim().to_owned();
    given.password = given.password.filter(|password| !password.is_empty());
    if given.password.as_ref().is_some_and(|password| password.len() > MAX_PASSWORD_BYTES) {
        return Err(Refusal::invalid("password", "Needs 1024 bytes or fewer."));
    }
    Ok(given)
}

/// Runs an attempt to sign in, unless this name has failed too often of late.
async fn attempt<T>(
    app: &Arc<App>,
    name: &str,
    work: impl Future<Output = Result<T, Refusal>>,
) -> Result<T, Refusal> {
    let name = name.to_lowercase();
    if let Some(seconds) = app.sign_in_limit.wait(&name, app.clock.now()) {
        app.metrics.refused_sign_in();
        return Err(Refusal::rate_limited(words::SIGN_IN_LIMIT, seconds));
    }
    let result = work.await;
    match &result {
        Ok(_) => app.sign_in_limit.forgive(&name),
        Err(refusal) if refusal.code() == "SIGN_IN_REFUSED" => {
            app.metrics.refused_sign_in();
            app.sign_in_limit.note(&name, app.clock.now());
        }
        Err(_) => {}
    }
    result
}

/// `POST /auth/login`
pub(super) async fn login(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let given = credentials(&headers, &body)?;
    let name = given.username.clone();
    let user = attempt(&app, &name, known(&app, given)).await?;
    sign_in(&app, user, StatusCode::OK).await
}

/// The user that a name and a password prove.
async fn known(app: &Arc<App>, given: SignInRequest) -> Result<User, Refusal> {
    let name = given.username;
    let user = app.store.read(move |db| accounts::by_name(db, &name).map_err(Refusal::from)).await?;
    let user = user.ok_or_else(|| Refusal::sign_in(words::UNKNOWN_USER))?;
    if user.is_owner {
        return Err(Refusal::sign_in(words::OWNER_NEEDS_LINK));
    }
    if user.password.is_none() {
        needs_access_token(app, given.password.as_deref())?;
        return Ok(user);
    }
    check_password(user, given.password).await
}

/// On a server that is open to a network, a name alone proves nothing.
fn needs_access_token(app: &App, given: Option<&str>) -> Result<(), Refusal> {
    let fine = app.access_digest.is_none() || given.is_some_and(|given| app.is_access_token(given));
    if fine { Ok(()) } else { Err(Refusal::sign_in(words::TOKEN_IS_PASSWORD)) }
}

async fn check_password(mut user: User, password: Option<String>) -> Result<User, Refusal> {
    let Some(stored) = user.password.take() else {
        return Ok(user);
    };
    let password = password.ok_or_else(|| Refusal::sign_in(words::PASSWORD_NEEDED))?;
    let matches = tokio::task::spawn_blocking(move || secrets::password_matches(&password, &stored)).await;
    match matches {
        Ok(true) => Ok(user),
        Ok(false) => Err(Refusal::sign_in(words::WRONG_PASSWORD)),
        Err(_) => Err(Refusal::internal()),
    }
}

/// `POST /auth/register`
pub(super) async fn register(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let given = credentials(&headers, &body)?;
    check_name(&given.username)?;
    let permission = async { needs_access_token(&app, given.password.as_deref()) };
    attempt(&app, "registration", permission).await?;
    let password = match given.password {
        None => None,
        // The token is everybody's; it stands for a password and is not one.
        Some(_) if app.access_digest.is_some() => None,
        Some(password) => {
            let hashed = tokio::task::spawn_blocking(move || secrets::hash_password(&password)).await;
            Some(hashed.map_err(|_| Refusal::internal())??)
        }
    };
    let mut user = new_user(given.username, false, app.clock.now())?;
    user.password = password;
    if let Some(email) = given.email.filter(|email| !email.trim().is_empty()) {
        user.email = email.trim().chars().take(320).collect();
    }
    if let Some(name) = given.display_name.filter(|name| !name.trim().is_empty()) {
        user.display_name = name.trim().chars().take(100).collect();
    }
    let user = app
        .store
        .write(move |db| {
            if accounts::by_name(db, &user.username)?.is_some() {
                return Err(Refusal::conflict("USERNAME_TAKEN", words::NAME_TAKEN));
            }
            accounts::insert(db, &user)?;
            Ok(user)
        })
        .await?;
    sign_in(&app, user, StatusCode::CREATED).await
}

fn check_name(name: &str) -> Result<(), Refusal> {
    let length = name.chars().count();
    if length < *NAME_CHARS.start() {
        return Err(Refusal::field_error("body", "username", "string_too_short", "Needs 3 characters."));
    }
    if length > *NAME_CHARS.end() {
        return Err(Refusal::field_error(
            "body",
            "username",
            "string_too_long",
            "Needs 50 characters or fewer.",
        ));
    }
    if name.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(Refusal::invalid("username", "Needs a name without spaces."));
    }
    Ok(())
}

fn new_user(username: String, is_owner: bool, now: Moment) -> Result<User, Refusal> {
    Ok(User {
        user_id: secrets::new_id("u-")?,
        email: format!("{username}@localhost"),
        display_name: username.clone(),
        username,
        is_owner,
        password: None::<StoredPassword>,
        created: now,
        last_login: None,
    })
}

/// `POST /auth/token`: exchanges the one-time token of the start link for the owner's sign-in.
pub(super) async fn start_link(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let given: StartLink = body::json(&headers, &body)?;
    let now = app.clock.now();
    let claim = given.claim.as_deref();
    attempt(&app, "start link", async { app.start_links.spend(&given.token, claim, now) }).await?;
    let owner = app.store.write(move |db| owner(db, now)).await?;
    sign_in(&app, owner, StatusCode::OK).await
}

/// The owner's account, made at its first use. A name that someone registered before stays theirs.
fn owner(db: &Connection, now: Moment) -> Result<User, Refusal> {
    if let Some(owner) = accounts::owner(db)? {
        return Ok(owner);
    }
    let system_name = std::env::var("USER").or_else(|_| std::env::var("USERNAME")).unwrap_or_default();
    let wanted = if check_name(&system_name).is_ok() { system_name } else { OWNER_NAME.to_owned() };
    let numbered = (2..=1000).map(|n| format!("{OWNER_NAME}-{n}"));
    for name in [wanted, OWNER_NAME.to_owned()].into_iter().chain(numbered) {
        if accounts::by_name(db, &name)?.is_none() {
            let user = new_user(name, true, now)?;
            accounts::insert(db, &user)?;
            return Ok(user);
        }
    }
    Err(Refusal::internal())
}

/// A fresh pair of tokens, with what is stored of it.
fn new_grant(now: Moment) -> Result<(String, String, Grant), Refusal> {
    let access = secrets::new_token()?;
    let refresh = secrets::new_token()?;
    let grant = Grant {
        access_digest: secrets::token_digest(&access),
        refresh_digest: secrets::token_digest(&refresh),
        access_until: now.plus_seconds(ACCESS_SECONDS),
        refresh_until: now.plus_seconds(REFRESH_SECONDS),
    };
    Ok((access, refresh, grant))
}

async fn sign_in(app: &Arc<App>, user: User, status: StatusCode) -> Result<Response, Refusal> {
    let now = app.clock.now();
    let (access_token, refresh_token, mut grant) = new_grant(now)?;
    if app.dialect == Dialect::Queries {
        grant.access_until = now.plus_seconds(OPAQUE_SECONDS);
        grant.refresh_until = grant.access_until;
    }
    let session = new_session(&user.user_id, None, DEFAULT_MINUTES, now)?;
    let profile = UserProfile::from(&user);
    let session_id = session.session_id.clone();
    app.store
        .write(move |db| {
            accounts::grant(db, &user.user_id, &grant, now)?;
            accounts::touch_login(db, &user.user_id, now)?;
            sessions::insert(db, &session)?;
            Ok::<_, Refusal>(())
        })
        .await?;
    if app.dialect == Dialect::Queries {
        // Its refresh token is never told to anybody.
        let answer = DevSignedIn {
            access_token,
            token_type: "bearer",
            expires_in: OPAQUE_SECONDS,
            session_id,
            user: profile,
        };
        return Ok(committed((StatusCode::CREATED, Json(answer)).into_response()));
    }
    let answer = SignedIn {
        access_token,
        token_type: "bearer",
        expires_in: ACCESS_SECONDS,
        refresh_token,
        session_id,
        idp_logout_url: None,
        user: profile,
    };
    Ok(committed((status, Json(answer)).into_response()))
}

/// `POST /auth/refresh`: both tokens are replaced, and the old pair is dead from here on.
pub(super) async fn refresh(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let given: RefreshRequest = body::json(&headers, &body)?;
    let now = app.clock.now();
    let (access_token, refresh_token, grant) = new_grant(now)?;
    let digest = secrets::token_digest(&given.refresh_token);
    app.store
        .write(move |db| {
            let user_id = accounts::spend_refresh(db, &digest, now)?
                .ok_or_else(|| Refusal::token(words::REFRESH_DEAD))?;
            accounts::grant(db, &user_id, &grant, now)?;
            Ok::<_, Refusal>(())
        })
        .await?;
    let answer = Refreshed { access_token, refresh_token, expires_in: ACCESS_SECONDS, token_type: "bearer" };
    Ok(committed(Json(answer).into_response()))
}

/// `GET /auth/me`
pub(super) async fn me(caller: Caller) -> Response {
    Json(UserInfo {
        profile: UserProfile::from(&caller.user),
        last_login: caller.user.last_login.map(Moment::to_rfc3339),
        organization: Organization { organization_id: ORGANIZATION, name: "This computer" },
    })
    .into_response()
}

/// `POST /auth/logout`
pub(super) async fn logout(State(app): State<Arc<App>>, caller: Caller) -> Result<Response, Refusal> {
    let now = app.clock.now();
    let (revoked, left) = app
        .store
        .write(move |db| {
            accounts::revoke(db, &caller.user.user_id, &caller.access_digest, now).map_err(Refusal::from)
        })
        .await?;
    let answer =
        SignedOut { message: words::SIGNED_OUT, revoked_tokens: revoked, all_sessions_ended: left == 0 };
    Ok(committed(Json(answer).into_response()))
}
