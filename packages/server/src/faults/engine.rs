//! Decides which rule takes which request, and holds the requests that hang.
//!
//! All decisions are made under one lock in the order of arrival, so that a seed replays. Carrying them out is
//! `effects`' business, remembering them `log`'s.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::watch;

use super::log::{Decision, Log, Ran};
use super::random::SplitMix64;
use super::rules::{Fault, Rule, Script, path_fits};

/// The fault rules of one server and what they did.
#[derive(Debug)]
pub(crate) struct Faults {
    state: Mutex<State>,
    started: Instant,
    hanging: watch::Sender<Hanging>,
}

/// How many requests hang, how often all were released, and whether the server stops.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Hanging {
    waiting: usize,
    released: u64,
    stopping: bool,
}

#[derive(Debug, Default)]
struct State {
    seed: u64,
    rules: Vec<Active>,
    log: Log,
}

#[derive(Debug)]
struct Active {
    id: String,
    rule: Rule,
    random: SplitMix64,
    seen: u64,
    fired: u64,
}

impl Active {
    fn new(seed: u64, id: String, rule: Rule) -> Self {
        let random = SplitMix64::for_rule(seed, &id);
        Self { id, rule, random, seen: 0, fired: 0 }
    }

    fn restart(&mut self, seed: u64) {
        self.random = SplitMix64::for_rule(seed, &self.id);
        self.seen = 0;
        self.fired = 0;
    }

    fn fits(&self, arrival: &Arrival<'_>) -> bool {
        let pattern = &self.rule.pattern;
        pattern.method.as_deref().is_none_or(|method| method.eq_ignore_ascii_case(arrival.method))
            && pattern.path.as_deref().is_none_or(|path| path_fits(path, arrival.path))
            && pattern.key.as_deref().is_none_or(|key| arrival.key == Some(key))
            && pattern.body_contains.as_deref().is_none_or(|needle| contains(arrival.body, needle.as_bytes()))
    }

    /// Counts one match and says whether the rule takes it, and with what latency. Two numbers are drawn per match even
    /// when the rule lets it pass, so that `when` does not shift the stream.
    fn take(&mut self) -> Option<u64> {
        self.seen += 1;
        let (min, max) = self.rule.latency_ms.bounds();
        let latency = self.random.draw_between(min, max);
        let chance = self.random.draw_chance(self.rule.when.probability);
        let when = &self.rule.when;
        let turn = self.seen.checked_sub(when.skip).filter(|turn| *turn > 0)?;
        let due = turn.is_multiple_of(when.every);
        let left = when.count.is_none_or(|count| self.fired < count);
        (due && left && chance).then(|| {
            self.fired += 1;
            latency
        })
    }

    fn describe(&self) -> Value {
        let mut value = serde_json::to_value(&self.rule).unwrap_or_default();
        if let Some(object) = value.as_object_mut() {
            object.insert("id".into(), self.id.clone().into());
            object.insert("seen".into(), self.seen.into());
            object.insert("fired".into(), self.fired.into());
        }
        value
    }
}

fn contains(body: &[u8], needle: &[u8]) -> bool {
    needle.is_empty() || body.windows(needle.len()).any(|window| window == needle)
}

/// A request as the rules see it.
pub(crate) struct Arrival<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) key: Option<&'a str>,
    pub(crate) body: &'a [u8],
}

/// What is to be done with one request.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    /// Number of the log entry.
    pub(crate) entry: u64,
    /// How long to wait first.
    pub(crate) latency: Duration,
    /// The fault that decides; `None` lets the request through.
    pub(crate) fault: Option<Fault>,
    /// Its place among the requests that hang, if the fault is that. Held from the decision on, so that a release
    /// which comes before the request has run to that point ends it too.
    pub(crate) held: Option<Held<'a>>,
}

impl Faults {
    /// No rules yet; the log's clock starts now.
    pub(crate) fn new() -> Self {
        Self { state: Mutex::default(), started: Instant::now(), hanging: watch::Sender::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces seed and rules, all or nothing, and resets the counters. Returns how many rules there are now.
    pub(crate) fn replace(&self, script: Script) -> Result<usize, String> {
        let mut rules: Vec<Active> = Vec::with_capacity(script.rules.len());
        for rule in script.rules {
            let active = admit(&rules, script.seed, rule)?;
            rules.push(active);
        }
        let count = rules.len();
        let mut state = self.state();
        state.seed = script.seed;
        state.rules = rules;
        Ok(count)
    }

    /// Appends one rule and returns it as it is kept.
    pub(crate) fn append(&self, rule: Rule) -> Result<Value, String> {
        let mut state = self.state();
        let active = admit(&state.rules, state.seed, rule)?;
        let described = active.describe();
        state.rules.push(active);
        Ok(described)
    }

    /// Removes the rule named `id`; false when there is none.
    pub(crate) fn remove(&self, id: &str) -> bool {
        let mut state = self.state();
        let before = state.rules.len();
        state.rules.retain(|active| active.id != id);
        state.rules.len() < before
    }

    /// Removes every rule.
    pub(crate) fn clear(&self) {
        self.state().rules.clear();
    }

    /// Starts counters, random streams and the log anew; rules stay.
    pub(crate) fn reset(&self) {
        let mut state = self.state();
        let seed = state.seed;
        state.rules.iter_mut().for_each(|active| active.restart(seed));
        state.log.clear();
    }

    /// Seed and rules with their counters.
    pub(crate) fn describe(&self) -> Value {
        let state = self.state();
        json!({ "seed": state.seed, "rules": state.rules.iter().map(Active::describe).collect::<Vec<_>>() })
    }

    /// The log after entry `after`.
    pub(crate) fn log(&self, after: u64) -> Value {
        self.state().log.after(after)
    }

    /// Notes an arrival and decides what is to be done with it.
    pub(crate) fn decide(&self, arrival: &Arrival<'_>) -> Plan<'_> {
        let t_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut state = self.state();
        let mut latency = 0_u64;
        let mut decided = None;
        for active in &mut state.rules {
            if !active.fits(arrival) {
                continue;
            }
            let Some(drawn) = active.take() else { continue };
            latency = latency.saturating_add(drawn);
            decided = Some((active.id.clone(), active.rule.fault.clone()));
            if !matches!(active.rule.fault, Fault::None {}) {
                break;
            }
        }
        let (rule, fault) = decided.unzip();
        let n = state.log.note_arrival(
            t_ms,
            arrival,
            Decision { rule, kind: fault.as_ref().map(Fault::kind), latency_ms: latency },
        );
        let held = matches!(fault, Some(Fault::Hang { .. })).then(|| Held::begin(&self.hanging));
        Plan { entry: n, latency: Duration::from_millis(latency), fault, held }
    }

    /// Notes one run of the handler. The first run's answer is the one that is reported.
    pub(crate) fn note_run(&self, entry: u64, ran: Ran) {
        self.state().log.note_run(entry, ran);
    }

    /// Notes the status that was sent instead of the handler's.
    pub(crate) fn note_status(&self, entry: u64, status: u16) {
        self.state().log.note_status(entry, status);
    }

    /// Ends every hanging request and returns how many there were.
    pub(crate) fn release(&self) -> usize {
        let mut count = 0;
        self.hanging.send_modify(|hanging| {
            count = hanging.waiting;
            hanging.released += 1;
        });
        count
    }

    /// Ends every hanging request, and lets none hang any more.
    pub(crate) fn stop(&self) {
        self.hanging.send_modify(|hanging| hanging.stopping = true);
    }
}

/// A request that hangs or is about to. Dropping it counts the request out, also when its client gives up first.
#[derive(Debug)]
pub(crate) struct Held<'a> {
    hanging: &'a watch::Sender<Hanging>,
    released_before: u64,
}

impl<'a> Held<'a> {
    fn begin(hanging: &'a watch::Sender<Hanging>) -> Self {
        let mut released_before = 0;
        hanging.send_modify(|hanging| {
            hanging.waiting += 1;
            released_before = hanging.released;
        });
        Self { hanging, released_before }
    }

    /// Waits for `for_ms` milliseconds or, in any case, until [`Faults::release`].
    pub(crate) async fn hang(self, for_ms: Option<u64>) {
        let mut changes = self.hanging.subscribe();
        let released =
            changes.wait_for(|hanging| hanging.stopping || hanging.released != self.released_before);
        match for_ms {
            Some(ms) => drop(tokio::time::timeout(Duration::from_millis(ms), released).await),
            None => drop(released.await),
        }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.hanging.send_modify(|hanging| hanging.waiting -= 1);
    }
}

/// Checks a rule and names it: its own id, or the first free one of r1, r2, … from its place in the list.
fn admit(rules: &[Active], seed: u64, rule: Rule) -> Result<Active, String> {
    rule.check()?;
    let taken = |id: &str| rules.iter().any(|active| active.id == id);
    let id = match &rule.id {
        Some(id) if taken(id) => return Err(format!("Two rules are named {id:?}.")),
        Some(id) if id.is_empty() || id.contains('/') => {
            return Err(format!("A rule can't be named {id:?}."));
        }
        Some(id) => id.clone(),
        None => (rules.len() + 1..).map(|n| format!("r{n}")).find(|id| !taken(id)).unwrap_or_default(),
    };
    Ok(Active::new(seed, id, rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrivals(faults: &Faults, count: usize) -> Vec<(bool, u64)> {
        (0..count)
            .map(|_| {
                let arrival = Arrival { method: "GET", path: "/api/v1/cases", key: None, body: b"" };
                let plan = faults.decide(&arrival);
                (plan.fault.is_some(), u64::try_from(plan.latency.as_millis()).unwrap())
            })
            .collect()
    }

    fn with(script: &Value) -> Faults {
        let faults = Faults::new();
        faults.replace(serde_json::from_value(script.clone()).unwrap()).unwrap();
        faults
    }

    #[test]
    fn the_same_seed_gives_the_same_faults_whatever_other_rules_exist() {
        let rule = json!({"id":"a","when":{"probability":0.5},"latency_ms":[0,1000],"fault":{"kind":"html"}});
        let other =
            json!({"id":"b","match":{"path":"/elsewhere"},"latency_ms":[0,9],"fault":{"kind":"none"}});
        let alone = arrivals(&with(&json!({"seed":42,"rules":[rule]})), 200);
        let together = arrivals(&with(&json!({"seed":42,"rules":[other, rule]})), 200);
        let reseeded = arrivals(&with(&json!({"seed":43,"rules":[rule]})), 200);
        assert_eq!(alone, together);
        assert_ne!(alone, reseeded);
        let fired = alone.iter().filter(|(fired, _)| *fired).count();
        assert!((60..140).contains(&fired), "{fired}");
    }

    #[tokio::test]
    async fn a_release_also_ends_a_request_that_has_not_come_to_hang_yet() {
        let faults = with(&json!({"rules":[{"fault":{"kind":"hang"}}]}));
        let arrival = Arrival { method: "GET", path: "/api/v1/cases", key: None, body: b"" };
        let decided = faults.decide(&arrival);
        assert_eq!((faults.release(), faults.release()), (1, 1), "it is counted until it is over");
        decided.held.unwrap().hang(None).await;
        assert_eq!(faults.release(), 0);
    }

    #[test]
    fn skip_every_and_count_pick_the_matches() {
        let faults =
            with(&json!({"rules":[{"when":{"skip":1,"every":2,"count":2},"fault":{"kind":"html"}}]}));
        let fired: Vec<bool> = arrivals(&faults, 8).into_iter().map(|(fired, _)| fired).collect();
        assert_eq!(fired, [false, false, true, false, true, false, false, false]);
        let rule = &faults.describe()["rules"][0];
        assert_eq!(
            (rule["id"].as_str(), rule["seen"].as_u64(), rule["fired"].as_u64()),
            (Some("r1"), Some(8), Some(2))
        );
    }

    #[test]
    fn latencies_add_up_and_the_first_deciding_rule_hides_the_request_from_later_ones() {
        let faults = with(&json!({"rules":[
            {"latency_ms":10,"fault":{"kind":"none"}},
            {"latency_ms":5,"fault":{"kind":"html"}},
            {"latency_ms":100,"fault":{"kind":"none"}}]}));
        assert_eq!(arrivals(&faults, 1), [(true, 15)]);
        assert_eq!(faults.describe()["rules"][2]["seen"], 0);
    }

    #[test]
    fn a_bad_rule_leaves_the_old_script_in_place() {
        let faults = with(&json!({"seed":7,"rules":[{"id":"keep","fault":{"kind":"html"}}]}));
        let bad = json!({"seed":8,"rules":[{"fault":{"kind":"html"}},{"when":{"every":0},"fault":{"kind":"none"}}]});
        assert!(faults.replace(serde_json::from_value(bad).unwrap()).is_err());
        assert_eq!(faults.describe()["seed"], 7);
        assert_eq!(faults.describe()["rules"][0]["id"], "keep");
    }
}
