//! Signing in on a page of the server.

use std::rc::Rc;

use copilot_api::{Authorization, Client, OAuthOffer, ServerAddress, SignInFailure, SignedIn};
use serde::{Deserialize, Serialize};

use super::{Attempt, Inner};
use crate::stage::SignInError;

/// Under which a sign-in is kept while its page takes the place of the program.
const UNDER_WAY: &str = "sign-in";

/// A sign-in whose page is open.
#[derive(Serialize, Deserialize)]
struct UnderWay {
    server: ServerAddress,
    authorization: Authorization,
}

impl Inner {
    /// What is said about a server that knows no names here. One that wants its own page gets it.
    pub(super) async fn sign_in_elsewhere(
        self: &Rc<Self>,
        attempt: Attempt,
        client: Client,
        server: &ServerAddress,
        failure: SignInFailure,
    ) {
        let offer = client.probe().await.ok().and_then(|info| info.oauth);
        if !self.is_current(attempt) {
            return;
        }
        match offer {
            Some(offer) => self.visit(attempt, client, server, &offer).await,
            None => self.show_failure(super::sign_in::error_of(&failure, false)),
        }
    }

    async fn visit(
        self: &Rc<Self>,
        attempt: Attempt,
        client: Client,
        server: &ServerAddress,
        offer: &OAuthOffer,
    ) {
        let Some(door) = self.platform.consent.prepare().await else {
            return self.show_failure(page_problem("This device can't show the sign-in page of the server."));
        };
        let Some(authorization) = Authorization::begin(offer, door.redirect_uri()) else {
            return self.show_failure(SignInError::Unreachable);
        };
        let page = authorization.page(offer);
        let under_way = UnderWay { server: server.clone(), authorization };
        if let Ok(text) = serde_json::to_string(&under_way) {
            self.device.keep_preference(UNDER_WAY, &text);
        }
        let returned = door.ask(&page).await;
        self.device.keep_preference(UNDER_WAY, "");
        if !self.is_current(attempt) {
            return;
        }
        let Some(returned) = returned else {
            let closed = "The sign-in page was closed. Start again when you want to.";
            return self.show_failure(page_problem(closed));
        };
        self.come_back(attempt, client, &under_way, &returned).await;
    }

    /// Goes on with a sign-in whose page took the place of the program. `false` when this start is none.
    pub(super) fn resume_sign_in(self: &Rc<Self>) -> bool {
        let Some(returned) = self.platform.consent.take_return() else { return false };
        let kept = self.device.preference(UNDER_WAY).and_then(|text| serde_json::from_str(&text).ok());
        let Some(under_way): Option<UnderWay> = kept else { return false };
        self.device.keep_preference(UNDER_WAY, "");
        let Some(client) = self.client(&under_way.server) else { return false };
        let (app, attempt) = (self.clone(), self.begin_attempt());
        self.show_sign_in(|view| {
            under_way.server.as_str().clone_into(&mut view.server);
            view.busy = true;
        });
        self.platform.executor.spawn(Box::pin(async move {
            app.come_back(attempt, client, &under_way, &returned).await;
        }));
        true
    }

    async fn come_back(
        self: &Rc<Self>,
        attempt: Attempt,
        client: Client,
        under_way: &UnderWay,
        returned: &str,
    ) {
        let code = match under_way.authorization.code(returned) {
            Ok(code) => code,
            Err(error) => return self.show_failure(page_problem(&error.to_string())),
        };
        let signed_in = match client.exchange_code(&under_way.authorization, &code).await {
            Ok(signed_in) => signed_in,
            Err(failure) if self.is_current(attempt) => {
                return self.show_failure(super::sign_in::error_of(&failure, false));
            }
            Err(_) => return,
        };
        // Tokens come without a session here; where none can be opened now, a request will ask for one.
        let session = client.open_session(&signed_in.credentials).await.ok();
        self.device.keep_installation(&client.installation());
        if !self.is_current(attempt) {
            // Somebody else signed in meanwhile: these tokens are nobody's.
            let _ = client.sign_out(&signed_in.credentials).await;
            return;
        }
        let SignedIn { mut credentials, user } = signed_in;
        credentials.session = session;
        self.enter(attempt, client, &under_way.server, SignedIn { credentials, user }).await;
    }
}

fn page_problem(message: &str) -> SignInError {
    SignInError::Server { status: 0, message: message.to_owned() }
}
