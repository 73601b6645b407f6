//! Several windows of one profile: one disk, one lease, messages between them that may be lost or late.

use copilot_core::ids::CaseKey;
use copilot_core::peer::PeerMessage;
use copilot_core::request::{Outcome, Request};
use copilot_core::{Event, Intent, LeaseEvent, Lifecycle, Millis};

use crate::disk::{Disk, SharedDisk};
use crate::support::Desk;

pub(crate) struct Office {
    pub(crate) desks: Vec<Desk>,
    pub(crate) disk: SharedDisk,
    /// Which window sends.
    pub(crate) sender: Option<usize>,
    /// Messages between windows wait; [`Office::lose_messages`] loses them, [`Office::settle`] delivers them.
    pub(crate) silent: bool,
    /// Windows that do not hear and do not act: frozen by the browser.
    pub(crate) frozen: Vec<usize>,
    seed: u64,
}

impl Office {
    /// Windows on an empty disk; the first sends.
    pub(crate) fn new(windows: usize) -> Self {
        let mut office = Self {
            desks: Vec::new(),
            disk: Disk::default().shared(),
            sender: None,
            silent: false,
            frozen: Vec::new(),
            seed: 1,
        };
        for _ in 0..windows {
            office.open_window();
        }
        office
    }

    /// One more window on the same disk.
    pub(crate) fn open_window(&mut self) -> usize {
        let mut desk = Desk::asleep(self.disk.clone(), self.seed);
        self.seed += 1;
        desk.alone = false;
        if let Some(first) = self.desks.first() {
            desk.now = first.now;
        }
        desk.boot();
        desk.greet();
        self.desks.push(desk);
        self.settle();
        self.desks.len() - 1
    }

    /// Everything that windows have to tell each other arrives, and a free lease is granted.
    pub(crate) fn settle(&mut self) {
        loop {
            self.grant();
            if self.silent {
                return;
            }
            let mut told = Vec::new();
            for (from, desk) in self.desks.iter_mut().enumerate() {
                told.extend(desk.told.drain(..).map(|message| (from, message)));
            }
            if told.is_empty() {
                return;
            }
            for (from, message) in told {
                self.deliver(from, &message);
            }
        }
    }

    fn deliver(&mut self, from: usize, message: &PeerMessage) {
        for (to, desk) in self.desks.iter_mut().enumerate() {
            if to != from && !self.frozen.contains(&to) {
                desk.step(Event::Peer(message.clone()));
            }
        }
    }

    pub(crate) fn lose_messages(&mut self) {
        self.desks.iter_mut().for_each(|desk| desk.told.clear());
    }

    fn grant(&mut self) {
        if self.sender.is_some() {
            return;
        }
        let next = (0..self.desks.len())
            .find(|window| self.desks[*window].queues_for_lease && !self.frozen.contains(window));
        if let Some(next) = next {
            self.sender = Some(next);
            self.desks[next].grant_lease();
        }
    }

    /// The browser takes the lease away from the window that sends, which hears of it.
    pub(crate) fn take_lease(&mut self) {
        if let Some(sender) = self.sender.take() {
            self.desks[sender].step(Event::Lease(LeaseEvent::Lost));
            // Whoever queued longest is next; the window that lost it queues behind.
            let queues = std::mem::take(&mut self.desks[sender].queues_for_lease);
            self.grant();
            self.desks[sender].queues_for_lease = queues && self.sender != Some(sender);
            self.grant();
        }
        self.settle();
    }

    /// The window that sends stops in its tracks; another gets the lease without its knowledge.
    pub(crate) fn freeze_sender(&mut self) -> usize {
        let frozen = self.sender.take().expect("a window sends");
        self.frozen.push(frozen);
        self.settle();
        frozen
    }

    /// A frozen window goes on where it stood, at the time that it is now.
    pub(crate) fn thaw(&mut self, window: usize) {
        self.frozen.retain(|frozen| *frozen != window);
        let slept = self.desks.iter().map(|desk| desk.now.mono).max().unwrap() - self.desks[window].now.mono;
        self.desks[window].pass(slept);
        self.desks[window].step(Event::Page(Lifecycle::Shown));
        self.settle();
    }

    /// A window dies and a new one stands in its place.
    pub(crate) fn reload(&mut self, window: usize) {
        let mut desk = Desk::asleep(self.disk.clone(), 1000 + self.seed);
        self.seed += 1;
        desk.alone = false;
        desk.now = self.desks[window].now;
        self.desks[window] = desk;
        if self.sender == Some(window) {
            self.sender = None;
        }
        self.desks[window].boot();
        self.desks[window].greet();
        self.settle();
    }

    pub(crate) fn wish(&mut self, window: usize, intent: Intent) {
        self.desks[window].wish(intent);
        self.settle();
    }

    pub(crate) fn say(&mut self, window: usize, case: Option<&CaseKey>, text: &str) {
        self.desks[window].say(case, text);
        self.settle();
    }

    /// Every window shows the case.
    pub(crate) fn open_everywhere(&mut self, case: &CaseKey) {
        for window in 0..self.desks.len() {
            self.wish(window, Intent::Open(Some(case.clone())));
        }
    }

    pub(crate) fn pass_seconds(&mut self, seconds: u64) {
        self.pass(Millis::seconds(seconds));
    }

    pub(crate) fn pass(&mut self, span: Millis) {
        for window in 0..self.desks.len() {
            if !self.frozen.contains(&window) {
                self.desks[window].pass(span);
            }
            self.settle();
        }
    }

    /// Answers every request of every window for which the test has an answer.
    pub(crate) fn answer_all(&mut self, mut answer: impl FnMut(&Request) -> Option<Outcome>) {
        for window in 0..self.desks.len() {
            if !self.frozen.contains(&window) {
                self.desks[window].answer_all(&mut answer);
            }
            self.settle();
        }
    }

    pub(crate) fn sender_desk(&mut self) -> &mut Desk {
        let sender = self.sender.expect("a window sends");
        &mut self.desks[sender]
    }

    /// The sender's one open write is answered.
    pub(crate) fn answer(&mut self, outcome: Outcome) {
        self.sender_desk().answer(outcome);
        self.settle();
    }

    /// A new case with one message, both on the server, rows listed, shown in every window.
    pub(crate) fn settled_case(&mut self, real_id: &str, text: &str) -> CaseKey {
        let before = self.sender_desk().now.mono;
        let key = self.sender_desk().settled_case(real_id, text);
        let passed = self.sender_desk().now.mono - before;
        self.settle();
        for window in (0..self.desks.len()).filter(|window| Some(*window) != self.sender) {
            self.desks[window].pass(passed);
        }
        self.open_everywhere(&key);
        self.list(real_id, crate::support::talk(&[(text, "Look at the pool.")]));
        self.pass_seconds(3);
        key
    }

    /// Answers every read of every window with these messages.
    pub(crate) fn list(&mut self, real_id: &str, rows: Vec<copilot_core::model::RealMessage>) {
        for window in 0..self.desks.len() {
            if !self.frozen.contains(&window) {
                self.desks[window].list(real_id, rows.clone());
            }
            self.settle();
        }
    }

    /// The transcript, which every window shows alike. That an answer is awaited is the sender's knowledge.
    pub(crate) fn texts(&self, case: &CaseKey) -> Vec<String> {
        let said = |desk: &Desk| {
            let rows = desk.rows(case).into_iter().filter(|row| row.thinking.is_none());
            rows.map(|row| (row.key, row.text)).collect::<Vec<_>>()
        };
        for (window, desk) in self.desks.iter().enumerate() {
            assert_eq!(said(desk), said(&self.desks[0]), "window {window} shows what window 0 shows");
        }
        self.desks[0].texts(case).into_iter().filter(|row| row != "assistant: ").collect()
    }

    /// Every message that any window ever sent, by its words.
    pub(crate) fn sent_texts(&self) -> Vec<String> {
        let sent = self.desks.iter().flat_map(|desk| &desk.sent);
        sent.filter_map(|request| match request {
            Request::SubmitTurn { turn, .. } => Some(turn.text.to_string()),
            _ => None,
        })
        .collect()
    }
}
