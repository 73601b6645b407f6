//! The account: tokens and sessions are renewed in one flight, however many requests were refused.

use super::{Fruitless, Open, Purpose};
use crate::core::Core;
use crate::effect::Announcement;
use crate::failure::{Failure, FailureClass};
use crate::request::{Outcome, Request};
use crate::retry::backoff;
use crate::time::Millis;
use crate::view::{AccountStatus, ViewPatch};

impl Core {
    pub(super) fn credentials_refused(&mut self, open: &Open, renewal: Purpose) {
        let stale = open.renewals < self.net.renewals;
        if stale || self.net.account != AccountStatus::SignedIn {
            return;
        }
        // Token and session may be over at once, after a night: each has its own tries. Renewed and still
        // refused: the session problem is a token problem, and the token problem is the person's.
        let tried = match renewal {
            Purpose::RenewSession => &mut self.net.fruitless.session,
            _ => &mut self.net.fruitless.token,
        };
        *tried += 1;
        let renewal = match *tried {
            1 => renewal,
            2 => Purpose::RenewToken,
            _ => return self.signed_out(),
        };
        self.net.renewing = Some(renewal);
        self.set_account(AccountStatus::Renewing);
        self.renew();
    }

    pub(super) fn renew(&mut self) {
        self.net.renew_at = self.net.gate_until().filter(|until| *until > self.now.mono);
        if self.net.renew_at.is_some() {
            return;
        }
        let (purpose, request) = match self.net.renewing {
            Some(Purpose::RenewSession) => (Purpose::RenewSession, Request::RenewSession),
            _ => (Purpose::RenewToken, Request::RenewToken),
        };
        self.request(purpose, request);
    }

    pub(crate) fn renew_if_due(&mut self) {
        if self.net.renew_at.is_some_and(|at| at <= self.now.mono) {
            self.renew();
        }
    }

    pub(super) fn renewed(&mut self, outcome: Outcome) {
        let token = self.net.renewing.take() != Some(Purpose::RenewSession);
        match outcome {
            Ok(_) => {
                self.net.renewals += 1;
                self.set_account(AccountStatus::SignedIn);
            }
            Err(failure) if is_refusal(&failure) && token => self.signed_out(),
            Err(failure) if is_refusal(&failure) => {
                self.net.renewing = Some(Purpose::RenewToken);
                self.renew();
            }
            // Not a refusal: the tokens are kept and asked about again (contract 2.1).
            Err(failure) => {
                self.heed(&failure);
                self.net.renewing = Some(if token { Purpose::RenewToken } else { Purpose::RenewSession });
                let wait =
                    failure.retry_after.unwrap_or_default().max(backoff(&self.config, &mut self.entropy, 4));
                let moment = self.now.mono + wait.max(Millis(500));
                self.net.renew_at = self.net.gate_until().into_iter().chain([moment]).max();
            }
        }
    }

    pub(super) fn signed_out(&mut self) {
        self.net.renewing = None;
        self.set_account(AccountStatus::SignedOut);
        self.announce(Announcement::SignedOut);
    }

    pub(crate) fn signed_in(&mut self) {
        self.net.renewals += 1;
        self.net.fruitless = Fruitless::default();
        self.net.renew_at = None;
        self.net.renewing = None;
        self.set_account(AccountStatus::SignedIn);
        self.reads.want_everything();
    }

    pub(super) fn set_account(&mut self, account: AccountStatus) {
        if self.net.account != account {
            self.net.account = account;
            self.screen.patch(ViewPatch::Status);
            if account == AccountStatus::SignedIn {
                self.reads.want_search();
            }
            self.search_may_have_changed();
            self.all_lanes();
        }
    }
}

const fn is_refusal(failure: &Failure) -> bool {
    matches!(
        failure.class,
        FailureClass::TokenRefused | FailureClass::SessionExpired | FailureClass::Rejected(_)
    )
}
