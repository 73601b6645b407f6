//! What the thirteen states of a message look like: its `data-state`, its meta line, the actions it
//! offers (ux §5). Values only; `user` draws them.

use copilot_core::view::Delivery;
use copilot_core::{Failure, FailureClass, Mono, Rejection};

use crate::icon::Glyph;
use crate::words;

/// How the bubble looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Filled,
    Outlined,
    Failed,
}

impl Look {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Filled => "filled",
            Self::Outlined => "outlined",
            Self::Failed => "failed",
        }
    }
}

/// A thing to do with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Retry,
    /// The server asks not to be tried before this moment.
    RetryAt(Mono),
    CheckAgain,
    Edit,
    Copy,
    Discard,
    /// Gives up a message that never left.
    Cancel,
    /// Stops waiting for proof of arrival.
    CancelSending,
    SendAnyway,
    SendAgain,
    /// Makes this window the one that sends.
    SendFromHere,
    ReplaceFile,
    MoveToNewCase,
    FollowUp,
    /// The plan is used up: what the server says about it.
    SeePlan,
    /// The person may read but not write: words to ask the owner with.
    AskForAccess,
    /// The operation in the inspector.
    Details,
}

impl Action {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Retry | Self::RetryAt(_) => words::RETRY,
            Self::CheckAgain => words::CHECK_AGAIN,
            Self::Edit => words::EDIT,
            Self::Copy => words::COPY,
            Self::Discard => words::DISCARD,
            Self::Cancel | Self::CancelSending => words::CANCEL,
            Self::SendAnyway => words::SEND_ANYWAY,
            Self::SendAgain => words::SEND_AGAIN,
            Self::SendFromHere => words::SEND_FROM_HERE,
            Self::ReplaceFile => words::REPLACE_FILE,
            Self::MoveToNewCase => words::MOVE_TO_NEW,
            Self::FollowUp => words::FOLLOW_UP,
            Self::SeePlan => words::SEE_PLAN,
            Self::AskForAccess => words::ASK_FOR_ACCESS,
            Self::Details => words::DETAILS,
        }
    }

    pub(crate) const fn glyph(self) -> Glyph {
        match self {
            Self::Retry
            | Self::RetryAt(_)
            | Self::CheckAgain
            | Self::SendAgain
            | Self::SendAnyway
            | Self::SendFromHere => Glyph::Refresh,
            Self::Edit => Glyph::Pencil,
            Self::Copy => Glyph::Copy,
            Self::Discard => Glyph::Trash,
            Self::Cancel | Self::CancelSending => Glyph::Close,
            Self::ReplaceFile => Glyph::Clip,
            Self::MoveToNewCase | Self::FollowUp => Glyph::Plus,
            Self::SeePlan => Glyph::Open,
            Self::AskForAccess => Glyph::Lock,
            Self::Details => Glyph::Pulse,
        }
    }
}

/// What stands after the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says {
    Nothing,
    Words(&'static str),
    /// Counts up from this moment.
    StillSending(Mono),
    /// Counts down to this moment.
    Busy(Mono),
}

/// A state as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shown {
    /// The value of `data-state`, a contract with outside tests.
    pub state: &'static str,
    pub look: Look,
    pub glyph: Option<Glyph>,
    pub says: Says,
    /// Actions in the meta line.
    pub inline: Vec<Action>,
    /// An action of the meta line that is there only when the message has waited for long ([`OVERDUE_MS`]).
    pub overdue: Option<Action>,
    /// Actions that appear on hover and focus.
    pub aside: Vec<Action>,
}

/// How long "Sent" stands, in milliseconds (ux §5).
pub(crate) const SENT_MS: u32 = 4000;

/// How long another window may take to send before this one offers to do it, in milliseconds (ux §6).
pub(crate) const OVERDUE_MS: u32 = 15_000;

impl Shown {
    const fn new(state: &'static str, look: Look, glyph: Option<Glyph>, says: Says) -> Self {
        Self { state, look, glyph, says, inline: Vec::new(), overdue: None, aside: Vec::new() }
    }

    fn inline(mut self, actions: &[Action]) -> Self {
        self.inline = actions.to_vec();
        self
    }

    fn aside(mut self, actions: &[Action]) -> Self {
        self.aside = actions.to_vec();
        self
    }
}

/// How a message is shown. `newest` is the person's last row, whose actions are always visible.
pub(crate) fn show(delivery: &Delivery, newest: bool) -> Shown {
    use Look::{Failed, Filled, Outlined};
    let waits = [Action::Edit, Action::Cancel];
    let waiting = |state, glyph, says| {
        let shown = Shown::new(state, Outlined, Some(glyph), says);
        if newest {
            shown.inline(&waits).aside(&[Action::Copy])
        } else {
            shown.aside(&[Action::Copy, Action::Edit, Action::Cancel])
        }
    };
    let copy = &[Action::Copy];
    match delivery {
        Delivery::Settled => Shown::new("sent", Filled, None, Says::Nothing).aside(copy),
        Delivery::Echoed => Shown::new("echoed", Filled, None, Says::Nothing).aside(copy),
        Delivery::Sending => Shown::new("sending", Filled, Some(Glyph::Clock), Says::Nothing).aside(copy),
        Delivery::StillSending { since } => {
            Shown::new("still-sending", Filled, Some(Glyph::Clock), Says::StillSending(*since))
                .inline(&[Action::CancelSending])
                .aside(copy)
        }
        Delivery::Sent => {
            Shown::new("sent", Filled, Some(Glyph::Check), Says::Words(words::SENT)).aside(copy)
        }
        Delivery::Checking => {
            Shown::new("checking", Filled, Some(Glyph::Refresh), Says::Words(words::CHECKING))
        }
        Delivery::Stopped => {
            Shown::new("still-sending", Filled, Some(Glyph::Info), Says::Words(words::STOPPED_SENDING))
                .inline(&[Action::CheckAgain])
                .aside(&[Action::Copy, Action::Discard])
        }
        Delivery::WaitingOffline => {
            waiting("waiting-offline", Glyph::Clock, Says::Words(words::WAITING_TO_SEND))
        }
        Delivery::WaitingBusy { until } => waiting("waiting-busy", Glyph::Clock, Says::Busy(*until)),
        Delivery::WaitingSignIn => {
            let all = &[Action::Copy, Action::Edit, Action::Cancel];
            Shown::new("waiting-sign-in", Outlined, Some(Glyph::Lock), Says::Words(words::WAITING_SIGN_IN))
                .aside(all)
        }
        Delivery::WaitingWindow => {
            let says = Says::Words(words::WAITING_WINDOW);
            let shown = Shown::new("waiting-window", Filled, Some(Glyph::Clock), says).aside(copy);
            Shown { overdue: newest.then_some(Action::SendFromHere), ..shown }
        }
        Delivery::Failed { failure, .. } => {
            let state = if retry_helps(failure) { "failed" } else { "failed-needs-change" };
            Shown::new(state, Failed, None, Says::Nothing)
        }
        Delivery::Blocked => {
            Shown::new("blocked", Outlined, Some(Glyph::Clock), Says::Words(words::WAITS_ABOVE))
                .inline(&[Action::SendAnyway])
                .aside(&[Action::Copy, Action::Edit, Action::Cancel])
        }
        Delivery::OnlyHere => {
            Shown::new("only-here", Filled, Some(Glyph::Info), Says::Words(words::ONLY_HERE))
                .aside(&[Action::Copy, Action::SendAgain])
        }
    }
}

/// Whether the same message, unchanged, can go through when it is tried again. A used-up plan is a
/// change first: the plan (ux §5, row 11).
pub(crate) fn retry_helps(failure: &Failure) -> bool {
    match &failure.class {
        FailureClass::Rejected(Rejection::Quota) => false,
        FailureClass::Rejected(rejection) => rejection.retry_helps(),
        _ => true,
    }
}

/// Whether a message may have arrived, so that nobody may call it not sent.
pub(crate) const fn is_unsure(failure: &Failure) -> bool {
    matches!(failure.class, FailureClass::Uncertain | FailureClass::Committed)
}

/// What a failed row offers, the most useful first (ux §6).
pub(crate) fn ways_out(failure: &Failure, not_before: Option<Mono>, now: Mono) -> Vec<Action> {
    use Action::{
        AskForAccess, CheckAgain, Copy, Details, Discard, Edit, FollowUp, MoveToNewCase, ReplaceFile, Retry,
        RetryAt, SeePlan,
    };
    let retry = match not_before {
        Some(moment) if moment > now => RetryAt(moment),
        _ => Retry,
    };
    match &failure.class {
        _ if is_unsure(failure) => vec![CheckAgain, Copy, Discard],
        FailureClass::Rejected(rejection) => match rejection {
            Rejection::Quota => vec![SeePlan, Edit, Copy, Discard],
            Rejection::Forbidden => vec![AskForAccess, Copy, Discard],
            Rejection::Refused
            | Rejection::UnsupportedType
            | Rejection::Unexplained
            | Rejection::OtherDialect => vec![Edit, Copy, Discard, Details],
            Rejection::CaseGone => vec![MoveToNewCase, Copy, Discard],
            Rejection::CaseTerminal => vec![FollowUp, Copy, Discard],
            Rejection::TooLarge => vec![ReplaceFile, Edit, Copy, Discard],
            _ if retry_helps(failure) => vec![retry, Edit, Copy, Discard],
            _ => vec![Edit, Copy, Discard],
        },
        _ => vec![retry, Edit, Copy, Discard],
    }
}

/// What a row that failed says behind "Not sent.", and the words on its buttons, the most useful first. For a table of
/// failures that is checked from outside; the panel draws rows.
#[must_use]
pub fn failed_row(failure: &Failure) -> (String, Vec<&'static str>) {
    let buttons = ways_out(failure, None, Mono(0)).into_iter().map(Action::word);
    (words::reason(failure, None, None, None), buttons.collect())
}

#[cfg(test)]
mod tests {
    use copilot_core::Transient;

    use super::*;

    fn rejected(rejection: Rejection) -> Failure {
        Failure::of(FailureClass::Rejected(rejection))
    }

    #[test]
    fn a_checking_message_offers_nothing_because_it_must_not_go_twice() {
        let shown = show(&Delivery::Checking, true);
        assert!(shown.inline.is_empty() && shown.aside.is_empty());
    }

    #[test]
    fn only_the_newest_waiting_row_carries_its_actions_in_the_line() {
        assert_eq!(show(&Delivery::WaitingOffline, true).inline, [Action::Edit, Action::Cancel]);
        let older = show(&Delivery::WaitingOffline, false);
        assert!(older.inline.is_empty());
        assert!(older.aside.contains(&Action::Cancel));
    }

    #[test]
    fn a_failure_that_retrying_can_mend_offers_retry_first() {
        let last = Box::new(FailureClass::Transient(Transient::ServerProblem));
        let failure = rejected(Rejection::TriesUsedUp { tries: 5, last });
        let actions = ways_out(&failure, None, Mono(0));
        assert_eq!(actions, [Action::Retry, Action::Edit, Action::Copy, Action::Discard]);
        assert_eq!(show(&Delivery::Failed { failure, not_before: None, took: None }, false).state, "failed");
    }

    #[test]
    fn a_used_up_plan_offers_no_retry() {
        let failure = rejected(Rejection::Quota);
        assert_eq!(
            ways_out(&failure, None, Mono(0)),
            [Action::SeePlan, Action::Edit, Action::Copy, Action::Discard]
        );
        assert_eq!(
            show(&Delivery::Failed { failure, not_before: None, took: None }, false).state,
            "failed-needs-change"
        );
    }

    #[test]
    fn a_message_that_may_have_arrived_is_checked_before_it_is_sent_again() {
        assert_eq!(ways_out(&Failure::of(FailureClass::Uncertain), None, Mono(0))[0], Action::CheckAgain);
    }

    #[test]
    fn a_message_that_was_stopped_is_looked_for_and_never_sent_again() {
        let shown = show(&Delivery::Stopped, true);
        assert_eq!(shown.inline, [Action::CheckAgain]);
        assert_eq!(shown.aside, [Action::Copy, Action::Discard]);
    }

    #[test]
    fn retry_waits_as_long_as_the_server_asked() {
        let failure = Failure::of(FailureClass::Transient(Transient::Busy));
        assert_eq!(ways_out(&failure, Some(Mono(9)), Mono(8))[0], Action::RetryAt(Mono(9)));
        assert_eq!(ways_out(&failure, Some(Mono(9)), Mono(9))[0], Action::Retry);
    }

    #[test]
    fn a_closed_case_leads_to_a_new_one() {
        assert_eq!(ways_out(&rejected(Rejection::CaseTerminal), None, Mono(0))[0], Action::FollowUp);
        assert_eq!(ways_out(&rejected(Rejection::CaseGone), None, Mono(0))[0], Action::MoveToNewCase);
    }

    #[test]
    fn every_state_has_the_name_that_tests_rely_on() {
        let states = [
            (Delivery::Echoed, "echoed"),
            (Delivery::Sending, "sending"),
            (Delivery::StillSending { since: Mono(0) }, "still-sending"),
            (Delivery::Sent, "sent"),
            (Delivery::Stopped, "still-sending"),
            (Delivery::Checking, "checking"),
            (Delivery::WaitingOffline, "waiting-offline"),
            (Delivery::WaitingBusy { until: Mono(0) }, "waiting-busy"),
            (Delivery::WaitingSignIn, "waiting-sign-in"),
            (Delivery::WaitingWindow, "waiting-window"),
            (Delivery::Blocked, "blocked"),
            (Delivery::OnlyHere, "only-here"),
        ];
        for (delivery, name) in states {
            assert_eq!(show(&delivery, false).state, name);
        }
    }
}
