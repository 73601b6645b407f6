//! What follows from a failure: the failure table of the architecture as one function.

use crate::config::Config;
use crate::entropy::Entropy;
use crate::failure::{Failure, FailureClass, Rejection, Transient};
use crate::operation::Wait;
use crate::time::Millis;

/// What to do with an operation after a failed attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing left the device: as if the attempt had not been made. The link is down.
    Unsent,
    /// The link is down and the request may have arrived.
    UnsentUncertain,
    /// Try again by itself after a wait.
    Again {
        /// At least this long.
        wait: Millis,
        /// What the row says meanwhile.
        why: Wait,
        /// Nobody may ask the server during the wait.
        gate: bool,
    },
    /// The access token must be renewed first.
    RenewToken,
    /// The session must be renewed first.
    RenewSession,
    /// The server has run it; its answer must be read from the list.
    Committed,
    /// The person must decide.
    Park {
        /// What the row says.
        failure: Failure,
        /// Nobody may ask the server for this long.
        gate: Option<Millis>,
    },
}

/// Decides what follows from a failed attempt.
///
/// `tries` counts the attempts that reached the server or may have, this one included.
pub(crate) fn verdict(config: &Config, entropy: &mut Entropy, failure: Failure, tries: u32) -> Verdict {
    match &failure.class {
        FailureClass::Offline => Verdict::Unsent,
        FailureClass::CaptivePortal => Verdict::UnsentUncertain,
        FailureClass::TokenRefused => Verdict::RenewToken,
        FailureClass::SessionExpired => Verdict::RenewSession,
        FailureClass::Committed => Verdict::Committed,
        FailureClass::Rejected(_) | FailureClass::Conflict => Verdict::Park { failure, gate: None },
        // The first attempt still runs: its answer is waited for, no budget is used.
        FailureClass::InProgress => {
            let wait = failure.retry_after.unwrap_or(config.poll_first);
            Verdict::Again { wait: wait.min(config.longest_wait), why: Wait::Uncertain, gate: false }
        }
        FailureClass::Uncertain => again(config, entropy, failure, tries, config.tries, Wait::Uncertain),
        FailureClass::Transient(Transient::Once) => again(config, entropy, failure, tries, 2, Wait::Backoff),
        FailureClass::Transient(_) => again(config, entropy, failure, tries, config.tries, Wait::Backoff),
    }
}

fn again(
    config: &Config,
    entropy: &mut Entropy,
    failure: Failure,
    tries: u32,
    allowed: u32,
    why: Wait,
) -> Verdict {
    let busy = matches!(failure.class, FailureClass::Transient(Transient::Busy));
    // Contract 4.3: a 429 without a time means a minute; a 503 without one is like any 5xx.
    let named = failure.retry_after.or((busy && failure.status == Some(429)).then_some(config.busy_default));
    if let Some(named) = named
        && named > config.longest_wait
    {
        return Verdict::Park { failure, gate: busy.then_some(named) };
    }
    if tries >= allowed {
        let gate = named.filter(|_| busy);
        let class =
            FailureClass::Rejected(Rejection::TriesUsedUp { tries, last: Box::new(failure.class.clone()) });
        return Verdict::Park { failure: Failure { class, ..failure }, gate };
    }
    let jitter = backoff(config, entropy, tries);
    // The server's word is a floor; jitter is only added (contract 4.4).
    let wait = named.map_or(jitter, |named| Millis(named.0 + jitter.0.min(1000)));
    Verdict::Again { wait, why, gate: busy }
}

/// Full jitter: anything from nothing to a ceiling that doubles with every try.
pub(crate) fn backoff(config: &Config, entropy: &mut Entropy, tries: u32) -> Millis {
    let doublings = tries.saturating_sub(1).min(16);
    let ceiling = config.backoff_first.0.saturating_mul(1 << doublings).min(config.backoff_last.0);
    Millis(entropy.up_to(ceiling))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(class: FailureClass, status: u16, retry_after: Option<u64>, tries: u32) -> Verdict {
        let failure = Failure {
            status: Some(status),
            retry_after: retry_after.map(Millis::seconds),
            ..Failure::of(class)
        };
        verdict(&Config::default(), &mut Entropy::from_number(7), failure, tries)
    }

    const BUSY: FailureClass = FailureClass::Transient(Transient::Busy);

    #[test]
    fn retry_after_is_a_floor_and_jitter_is_only_added() {
        for tries in 1..5 {
            let Verdict::Again { wait, gate: true, .. } = decide(BUSY, 503, Some(60), tries) else {
                panic!("a wait of a minute is automatic");
            };
            assert!(wait >= Millis::seconds(60) && wait <= Millis::seconds(61), "{wait:?}");
        }
    }

    #[test]
    fn a_wait_of_more_than_two_minutes_is_left_to_the_person_and_closes_the_gate() {
        let Verdict::Park { gate, failure } = decide(BUSY, 429, Some(3600), 1) else {
            panic!("no automatic retry")
        };
        assert_eq!(gate, Some(Millis::seconds(3600)));
        assert_eq!(failure.retry_after, Some(Millis::seconds(3600)));
    }

    #[test]
    fn a_429_without_a_time_waits_a_minute_and_a_503_without_one_backs_off() {
        assert!(
            matches!(decide(BUSY, 429, None, 1), Verdict::Again { wait, .. } if wait >= Millis::seconds(60))
        );
        assert!(matches!(decide(BUSY, 503, None, 1), Verdict::Again { wait, .. } if wait <= Millis(500)));
    }

    #[test]
    fn the_fifth_failed_try_is_the_last_automatic_one() {
        let problem = FailureClass::Transient(Transient::ServerProblem);
        assert!(matches!(decide(problem.clone(), 500, None, 4), Verdict::Again { .. }));
        let Verdict::Park { failure, gate: None } = decide(problem, 500, None, 5) else { panic!("parked") };
        assert!(matches!(failure.class, FailureClass::Rejected(Rejection::TriesUsedUp { tries: 5, .. })));
        assert_eq!(failure.status, Some(500));
    }

    #[test]
    fn a_request_timeout_of_the_server_is_tried_once_more_only() {
        let once = FailureClass::Transient(Transient::Once);
        assert!(matches!(decide(once.clone(), 504, None, 1), Verdict::Again { .. }));
        assert!(matches!(decide(once, 504, None, 2), Verdict::Park { .. }));
    }

    #[test]
    fn backoff_never_passes_its_ceiling() {
        let (config, mut entropy) = (Config::default(), Entropy::from_number(1));
        for tries in 0..200 {
            let ceiling = Millis(500u64.saturating_mul(1 << tries.min(20)).max(500)).min(config.backoff_last);
            assert!(backoff(&config, &mut entropy, tries) <= ceiling);
        }
    }
}

#[cfg(test)]
mod properties;
