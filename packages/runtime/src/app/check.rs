//! What stands behind a server address.

use std::rc::Rc;

use copilot_api::{Client, ServerAddress, ServerInfo, SignInMode};
use copilot_core::{Failure, FailureClass};

use super::{Attempt, Inner, link};
use crate::stage::{ServerCheck, Stage};

impl Inner {
    /// Asks; only the answer to the last question shows. A server that answers also gets the one-time
    /// link that it could not be shown before.
    pub(super) fn check_server(self: &Rc<Self>, address: &str) {
        let Attempt(last) = self.check.get();
        let question = Attempt(last + 1);
        self.check.set(question);
        if !matches!(&*self.stage.borrow(), Stage::SignIn(_)) {
            return;
        }
        let address =
            link::parse(address).map(|(address, _)| address).or_else(|| ServerAddress::parse(address).ok());
        let client = address.and_then(|address| Some((self.client(&address)?, address)));
        let Some((client, address)) = client else {
            return self.show_check(ServerCheck::Unreachable);
        };
        self.show_check(ServerCheck::Checking);
        let app = self.clone();
        self.platform.executor.spawn(Box::pin(async move {
            let check = app.probe(&client).await;
            if app.check.get() != question {
                return;
            }
            app.show_check(check);
            if matches!(check, ServerCheck::Reachable { .. }) {
                app.use_kept_link(&address);
            }
        }));
    }

    /// Asks an address what it is and tells the answer to whoever asked; nothing else changes by it.
    pub(super) fn ask_server(self: &Rc<Self>, address: &str, tell: impl FnOnce(ServerCheck) + 'static) {
        let client = ServerAddress::parse(address).ok().and_then(|address| self.client(&address));
        let Some(client) = client else {
            return tell(ServerCheck::Unreachable);
        };
        let app = self.clone();
        self.platform.executor.spawn(Box::pin(async move { tell(app.probe(&client).await) }));
    }

    async fn probe(&self, client: &Client) -> ServerCheck {
        let asked = self.platform.clock.now().mono;
        let answer = client.probe().await;
        let millis = (self.platform.clock.now().mono - asked).0;
        match answer {
            Ok(ServerInfo { sign_in, .. }) => ServerCheck::Reachable {
                millis,
                supports_registration: matches!(sign_in, Some(SignInMode::Local { registration: true })),
                by_page: matches!(sign_in, Some(SignInMode::OAuth)),
            },
            Err(Failure { class: FailureClass::Rejected(_) | FailureClass::CaptivePortal, .. }) => {
                ServerCheck::NotFaultMaven
            }
            Err(_) => ServerCheck::Unreachable,
        }
    }

    fn show_check(&self, check: ServerCheck) {
        if matches!(&*self.stage.borrow(), Stage::SignIn(_)) {
            self.show_sign_in(|view| view.check = check);
        }
    }
}
