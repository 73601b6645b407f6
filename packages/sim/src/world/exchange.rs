//! The network: what becomes of a request between a window and the server.

use copilot_core::ids::OperationId;
use copilot_core::request::{Outcome, Page, Reply, Request, RequestId};
use copilot_core::{Event, Failure, FailureClass, Millis, Rejection, Transient};

use super::{Pending, World};
use crate::fate::{Fate, Of};
use crate::marks::Mark;
use crate::server::Served;
use crate::truth::Instance;

/// The client's own time-out (contract 2), in milliseconds.
const TIME_OUT_MS: u64 = 300_000;

/// How long servers keep keys (contract 4.1), in milliseconds.
const KEY_LIFETIME_MS: u64 = 3_600_000;

/// How long a request may run (contract 2), in milliseconds: what takes longer cannot be told from what never ran.
const TURN_BOUND_MS: u64 = 120_000;

/// A request on its way, or the answer to one.
#[derive(Debug)]
pub(crate) struct Exchange {
    from: Instance,
    id: RequestId,
    request: Request,
    fate: Option<Fate>,
    left_at: u64,
    back_ms: u64,
    /// It has arrived once.
    arrived: bool,
    /// The client no longer waits for it.
    closed: bool,
}

fn failed(class: FailureClass, status: Option<u16>) -> Outcome {
    Err(Failure { status, ..Failure::of(class) })
}

/// Whether a request changes something, so that nobody may take it for lost.
const fn is_write(request: &Request) -> bool {
    matches!(
        request,
        Request::CreateCase { .. }
            | Request::SubmitTurn { .. }
            | Request::Rename { .. }
            | Request::GenerateTitle { .. }
            | Request::Delete { .. }
            | Request::RenewToken
    )
}

/// What a client makes of an answer that it cannot read, or of none.
fn no_verdict(request: &Request, status: Option<u16>) -> Outcome {
    let class = if is_write(request) {
        FailureClass::Uncertain
    } else {
        FailureClass::Transient(Transient::ServerProblem)
    };
    failed(class, status)
}

/// A creation is answered with a case that is another's, as this client can know: it is one of its own.
fn collide(world: &World, request: &Request) -> Option<Outcome> {
    let Request::CreateCase { .. } = request else { return None };
    let case = world.disk.fold.links.values().find_map(|real| world.server.living(real))?;
    Some(Ok(Reply::Case(case.row.clone())))
}

/// A server without a list of its own: the last row of the last page stands there twice.
fn double(outcome: &mut Outcome) {
    fn last_twice<T: Clone>(page: &mut Page<T>) {
        if let Some(last) = page.rows.last().cloned().filter(|_| !page.has_more) {
            page.rows.push(last);
            page.received += 1;
        }
    }
    match outcome {
        Ok(Reply::Messages(page)) => last_twice(page),
        Ok(Reply::Cases(page)) => last_twice(page),
        _ => {}
    }
}

impl World {
    /// A request leaves a window.
    pub(crate) fn send(&mut self, from: Instance, id: RequestId, request: Request) {
        let (kind, name) = self.name_of(&request);
        let fate = self.fates.of(kind, &name);
        let out = self.fates.ordinary(&name, 2, 60);
        let back_ms =
            self.fates.ordinary(&name, 3, 50) + if let Some(Fate::Slow(ms)) = fate { ms } else { 0 };
        let ticket = self.ticket();
        if let Some(window) = self.window_mut(from) {
            window.open.insert(id, ticket);
        }
        let arrives = match &fate {
            _ if self.link_down.is_some() => {
                let outcome = self.unheard(&request, false);
                self.later(2, Pending::Hear(ticket, Box::new(outcome)));
                None
            }
            _ if self.now < self.portal_until => {
                self.marks.hit(Mark::Portal);
                self.later(
                    out,
                    Pending::Hear(ticket, Box::new(failed(FailureClass::CaptivePortal, Some(302)))),
                );
                None
            }
            _ if self.now < self.server.down_until => {
                let outcome = no_verdict(&request, Some(502));
                self.later(out, Pending::Hear(ticket, Box::new(outcome)));
                None
            }
            Some(Fate::LostRequest(after)) => {
                let outcome = self.unheard(&request, true);
                self.later(*after, Pending::Hear(ticket, Box::new(outcome)));
                None
            }
            Some(Fate::Hang) => None,
            Some(Fate::Late(after)) => Some(*after),
            _ => Some(out),
        };
        self.later(TIME_OUT_MS, Pending::Hear(ticket, Box::new(no_verdict(&request, None))));
        if let Some(Fate::Late(after)) = &fate {
            let give_up = (after / 2).min(TIME_OUT_MS);
            let outcome = self.unheard(&request, true);
            self.later(give_up, Pending::Hear(ticket, Box::new(outcome)));
        }
        let left_at = self.now;
        let exchange = Exchange { from, id, request, fate, left_at, back_ms, arrived: false, closed: false };
        self.exchanges.insert(ticket, exchange);
        if let Some(wait) = arrives {
            self.later(wait, Pending::Arrive(ticket));
        }
    }

    /// What a client hears when no answer comes. `left`: the request was on its way. A browser does not
    /// tell a refused connection from a lost answer.
    fn unheard(&self, request: &Request, left: bool) -> Outcome {
        let offline = failed(FailureClass::Offline, None);
        match (self.fates.faults.browser, is_write(request)) {
            (true, true) => failed(FailureClass::Uncertain, None),
            (true, false) => offline,
            (false, _) if left => no_verdict(request, None),
            (false, _) => offline,
        }
    }

    /// A name that stays the same when other events are left out of a run.
    fn name_of(&self, request: &Request) -> (Of, String) {
        match request {
            Request::Probe => (Of::Read, "probe".to_owned()),
            Request::RenewToken => (Of::Read, "renew token".to_owned()),
            Request::RenewSession => (Of::Read, "renew session".to_owned()),
            Request::ListCases { .. } => (Of::Read, "list".to_owned()),
            Request::SearchCases { text, .. } => (Of::Read, format!("search {text}")),
            Request::ReadCase { case } => (Of::Read, format!("read {case}")),
            Request::ListMessages { case, .. } => (Of::Read, format!("messages {case}")),
            Request::CreateCase { .. } => (Of::Write, "create".to_owned()),
            Request::SubmitTurn { turn, .. } => (Of::Turn, format!("turn {}", turn.text)),
            Request::PollJob { job, .. } => (Of::Read, format!("poll {}", job.0)),
            Request::ReadDetails { case } => (Of::Read, format!("details {case}")),
            Request::GenerateTitle { case, .. } => (Of::Write, format!("name {case}")),
            Request::Rename { title, .. } => (Of::Write, format!("rename {title}")),
            Request::Delete { case } => (Of::Write, format!("delete {case}")),
        }
    }

    /// A request reaches the server.
    pub(crate) fn arrive(&mut self, ticket: u64) {
        let Some(exchange) = self.exchanges.get_mut(&ticket) else { return };
        let again = std::mem::replace(&mut exchange.arrived, true);
        let (request, fate) = (exchange.request.clone(), exchange.fate.clone());
        let left_at = exchange.left_at;
        if exchange.closed && !again {
            self.marks.hit(Mark::LateArrival);
        }
        if let Some(Fate::Refused(failure)) = &fate {
            return self.answer(ticket, Err((**failure).clone()));
        }
        if let Some(Fate::Duplicate(gap)) = fate
            && !again
        {
            self.later(gap, Pending::Arrive(ticket));
        }
        if again {
            self.marks.hit(Mark::DuplicateArrival);
        }
        self.note_age(&request, left_at, 0);
        match fate {
            Some(Fate::Gateway { status, ran: false }) => {
                self.marks.hit(Mark::Gateway);
                return self.answer(ticket, no_verdict(&request, Some(status)));
            }
            Some(Fate::Collision) => {
                if let Some(outcome) = collide(self, &request) {
                    self.marks.hit(Mark::Collision);
                    return self.answer(ticket, outcome);
                }
            }
            _ => {}
        }
        let served = self.server.handle(self.now, &request, fate.as_ref());
        self.check_deeds();
        if std::mem::take(&mut self.server.expired) > 0 {
            self.marks.hit(Mark::KeyExpired);
        }
        if let Served::After(work, _) | Served::Job(_, work, _) = &served {
            self.note_age(&request, left_at, *work);
        }
        self.mark_served(&request, &served);
        match served {
            Served::Now(mut outcome) => {
                if matches!(fate, Some(Fate::Doubled)) {
                    double(&mut outcome);
                }
                self.answer(ticket, outcome);
            }
            Served::After(work, key) if matches!(fate, Some(Fate::Gateway { .. })) => {
                self.later(work, Pending::Finish(key));
                self.answer(ticket, Ok(Reply::Done));
            }
            Served::After(work, key) => {
                self.working.entry(key).or_default().push(ticket);
                self.later(work, Pending::Finish(key));
            }
            Served::Job(outcome, work, key) => {
                self.later(work, Pending::Finish(key));
                self.answer(ticket, outcome);
            }
        }
    }

    /// A request that left while its key lived, and arrives after it may have expired, can do what was done before:
    /// no client can prevent that. Where no keys are kept, the same holds for what runs `work` longer than any request may.
    fn note_age(&mut self, request: &Request, left_at: u64, work: u64) {
        let (Request::CreateCase { key }
        | Request::SubmitTurn { key, .. }
        | Request::GenerateTitle { key, .. }) = request
        else {
            return;
        };
        let Some(did) = self.truth.did.get_mut(key) else { return };
        let age = |at: u64| at.saturating_sub(did.sent_at);
        if self.server.keyless && (self.now + work).saturating_sub(left_at) >= TURN_BOUND_MS {
            did.too_late = true;
        }
        if age(left_at) < KEY_LIFETIME_MS && age(self.now) >= KEY_LIFETIME_MS {
            did.too_late = true;
            self.marks.hit(Mark::HoursLate);
        }
    }

    fn mark_served(&mut self, request: &Request, served: &Served) {
        let Served::Now(outcome) = served else { return };
        match (request, outcome) {
            (Request::SubmitTurn { .. }, Ok(_)) => self.marks.hit(Mark::Replayed),
            (_, Err(failure)) => match failure.class {
                FailureClass::InProgress => self.marks.hit(Mark::InProgress),
                FailureClass::Committed => self.marks.hit(Mark::AnswerGone),
                FailureClass::Rejected(Rejection::CaseTerminal) => self.marks.hit(Mark::TerminalCase),
                FailureClass::Rejected(Rejection::CaseGone) => self.marks.hit(Mark::CaseGone),
                _ => {}
            },
            (Request::RenewToken, Ok(_)) => self.marks.hit(Mark::TokenRenewed),
            (Request::RenewSession, Ok(_)) => self.marks.hit(Mark::SessionRenewed),
            (
                _,
                Ok(
                    Reply::Messages(Page { refused: Some(_), .. })
                    | Reply::Cases(Page { refused: Some(_), .. }),
                ),
            ) => {
                self.marks.hit(Mark::FoulRow);
            }
            (Request::SearchCases { .. }, Ok(_)) => self.marks.hit(Mark::Searched),
            (_, Ok(Reply::Messages(page))) if page.has_more => self.marks.hit(Mark::Paged),
            (Request::PollJob { .. }, Ok(Reply::Answered { .. })) => self.marks.hit(Mark::JobAnswered),
            (Request::PollJob { .. }, Ok(Reply::JobFailed { .. })) => self.marks.hit(Mark::JobFailed),
            _ => {}
        }
    }

    /// The server's work on a turn is over.
    pub(crate) fn finish(&mut self, key: OperationId) {
        let outcome = self.server.finish(self.now, key);
        self.check_deeds();
        let waiting = self.working.remove(&key).unwrap_or_default();
        for ticket in waiting {
            if let Some(outcome) = outcome.clone() {
                self.answer(ticket, outcome);
            }
        }
    }

    /// The server's answer sets out.
    fn answer(&mut self, ticket: u64, outcome: Outcome) {
        let Some(exchange) = self.exchanges.get(&ticket) else { return };
        let back = exchange.back_ms;
        match &exchange.fate {
            Some(Fate::LostAnswer(after)) => {
                let (after, outcome) = (*after, self.unheard(&exchange.request, true));
                self.later(after, Pending::Hear(ticket, Box::new(outcome)));
            }
            Some(Fate::Cut) if outcome.is_ok() => {
                let outcome = no_verdict(&exchange.request, Some(200));
                self.marks.hit(Mark::CutAnswer);
                self.later(back, Pending::Hear(ticket, Box::new(outcome)));
            }
            Some(Fate::Gateway { status, .. }) => {
                let outcome = no_verdict(&exchange.request, Some(*status));
                self.marks.hit(Mark::Gateway);
                self.later(back, Pending::Hear(ticket, Box::new(outcome)));
            }
            _ => self.later(back, Pending::Hear(ticket, Box::new(outcome))),
        }
    }

    /// The client hears about a request, unless it has heard or no longer listens.
    pub(crate) fn hear(&mut self, ticket: u64, outcome: Outcome) {
        let Some(exchange) = self.exchanges.get(&ticket) else { return };
        let outcome = match outcome {
            // On a phone the route may go while an answer is on its way.
            Ok(_) if self.link_down.is_some() => self.unheard(&exchange.request, true),
            outcome => outcome,
        };
        let Some(exchange) = self.exchanges.get_mut(&ticket) else { return };
        if std::mem::replace(&mut exchange.closed, true) {
            return;
        }
        let (from, id) = (exchange.from, exchange.id);
        if self.window(from).is_some_and(|window| window.open.contains_key(&id)) {
            self.deliver(from, Event::Answered(id, outcome));
        }
    }

    /// Notes what the server asked a window to wait for.
    pub(crate) fn note_waiting_time(&mut self, me: Instance, id: RequestId, outcome: &Outcome) {
        let now = self.now;
        let Some(window) = self.window_mut(me) else { return };
        window.open.remove(&id);
        let op = window.asks.remove(&id);
        let Err(failure) = outcome else { return };
        let busy = matches!(failure.class, FailureClass::Transient(Transient::Busy));
        let named =
            failure.retry_after.or((busy && failure.status == Some(429)).then_some(Millis::seconds(60)));
        let Some(named) = named else { return };
        if busy {
            window.gate = window.gate.max(now + named.0);
            let long = named > Millis::seconds(120);
            self.marks.hit(if long { Mark::LongGate } else { Mark::ShortGate });
        } else if let Some(op) = op
            && !matches!(failure.class, FailureClass::InProgress)
        {
            window.floors.insert(op, now + named.0);
        }
    }
}
