//! The core's view as signals: one per list and one per row that is on screen, so that a changed row
//! draws that row and nothing else.
//!
//! Rows register while they are in the page ([`use_case`], [`use_message`]); rows that are not drawn
//! cost nothing. There is no state here that the core does not have, except what arrived unseen.

use std::cell::{self, RefCell};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::rc::Rc;

use copilot_core::Mono;
use copilot_core::ids::{CaseKey, MessageKey};
use copilot_core::model::Role;
use copilot_core::view::{Badge, CaseRow, Group, MessageRow, Status, Thinking, ViewPatch};
use copilot_runtime::Handle;
use dioxus::prelude::*;

use crate::keys::Keys;
use crate::session::{put, use_session};

/// The groups of the list, in their order on screen.
pub(crate) const GROUPS: [Group; 3] = [Group::Pinned, Group::Active, Group::Resolved];

/// The keys of each group.
pub(crate) type Groups = Rc<[Rc<Vec<CaseKey>>; 3]>;

type Cell<V> = Signal<Option<Rc<V>>>;

/// The rows of one kind that are in the page.
struct Drawn<K, V: 'static>(RefCell<HashMap<K, Vec<Cell<V>>>>);

impl<K: Clone + Eq + Hash, V: PartialEq + 'static> Drawn<K, V> {
    fn new() -> Self {
        Self(RefCell::new(HashMap::new()))
    }

    fn enter(&self, key: &K, cell: Cell<V>) {
        self.0.borrow_mut().entry(key.clone()).or_default().push(cell);
    }

    fn leave(&self, key: &K, cell: Cell<V>) {
        let mut drawn = self.0.borrow_mut();
        if let Some(cells) = drawn.get_mut(key) {
            cells.retain(|other| *other != cell);
            if cells.is_empty() {
                drawn.remove(key);
            }
        }
    }

    /// Hands a row to whoever draws it. A row that is gone keeps its last picture until the list lets go of it.
    fn tell(&self, key: &K, read: impl FnOnce() -> Option<V>) {
        let cells = self.0.borrow().get(key).cloned().unwrap_or_default();
        if cells.is_empty() {
            return;
        }
        if let Some(row) = read() {
            let row = Some(Rc::new(row));
            for cell in cells {
                put(cell, row.clone());
            }
        }
    }
}

/// See the module.
pub(crate) struct Mirror {
    pub open: Signal<Option<CaseKey>>,
    /// The open case as its row in the list has it.
    pub row: Signal<Option<Rc<CaseRow>>>,
    pub groups: Signal<Groups>,
    pub transcript: Signal<Keys<MessageKey>>,
    /// Whether older rows can be loaded.
    pub older: Signal<bool>,
    /// Whether nothing is known yet about the rows of the open case.
    pub loading: Signal<bool>,
    pub status: Signal<Status>,
    /// Rows of the open case that came while the reader was elsewhere, oldest first.
    pub unseen: Signal<Vec<MessageKey>>,
    /// The row that the "New" divider stands before, until the case is left.
    pub new_from: Signal<Option<MessageKey>>,
    /// The row that is lit for a moment, because something led to it.
    pub lit: Signal<Option<MessageKey>>,
    /// Moves when the details of a case changed.
    pub details_moved: Signal<u64>,
    /// Moves when the server found something for the text that is looked for, or when that may be asked or no more.
    pub found_moved: Signal<u64>,
    /// Moves with every answer that takes the place of its thinking row.
    pub answered: Signal<u64>,
    cases: Drawn<CaseKey, CaseRow>,
    messages: Drawn<MessageKey, MessageRow>,
    thinking: RefCell<HashSet<MessageKey>>,
    /// When the newest answer that was seen to be worked on was begun.
    begun: cell::Cell<Mono>,
    /// The case that is being opened with something in it that was not seen. Once it is open, it counts as seen.
    unread: RefCell<Option<CaseKey>>,
}

impl Mirror {
    pub(crate) fn new(handle: &Handle) -> Self {
        let mirror = Self {
            open: Signal::new(None),
            row: Signal::new(None),
            groups: Signal::new(groups(handle)),
            transcript: Signal::new(Keys::default()),
            older: Signal::new(false),
            loading: Signal::new(false),
            status: Signal::new(handle.read(|view| view.status())),
            unseen: Signal::new(Vec::new()),
            new_from: Signal::new(None),
            lit: Signal::new(None),
            details_moved: Signal::new(0),
            found_moved: Signal::new(0),
            answered: Signal::new(0),
            cases: Drawn::new(),
            messages: Drawn::new(),
            thinking: RefCell::default(),
            begun: cell::Cell::new(handle.now().mono),
            unread: RefCell::default(),
        };
        mirror.opened(handle);
        mirror
    }

    pub(crate) fn apply(&self, handle: &Handle, patch: &ViewPatch) {
        match patch {
            ViewPatch::CaseList => put(self.groups, groups(handle)),
            ViewPatch::Case(key) => {
                self.cases.tell(key, || handle.read(|view| view.case(key)));
                if self.is_open(key) {
                    self.read_row(handle, key);
                }
            }
            ViewPatch::Transcript(case) if self.is_open(case) => self.rows_changed(handle, case),
            ViewPatch::Message(case, key) if self.is_open(case) => self.row_changed(handle, case, key),
            ViewPatch::Details(case) if self.is_open(case) => {
                let next = *self.details_moved.peek() + 1;
                put(self.details_moved, next);
            }
            ViewPatch::Found => {
                let next = *self.found_moved.peek() + 1;
                put(self.found_moved, next);
            }
            ViewPatch::Open => self.opened(handle),
            ViewPatch::Status => put(self.status, handle.read(|view| view.status())),
            ViewPatch::Transcript(_)
            | ViewPatch::Message(..)
            | ViewPatch::Draft(_)
            | ViewPatch::Details(_) => {}
        }
    }

    fn is_open(&self, case: &CaseKey) -> bool {
        self.open.peek().as_ref() == Some(case)
    }

    fn opened(&self, handle: &Handle) {
        let case = handle.read(|view| view.open().cloned());
        if *self.open.peek() == case && case.is_some() {
            return;
        }
        put(self.unseen, Vec::new());
        put(self.new_from, None);
        self.unread.borrow_mut().take_if(|unread| Some(&*unread) != case.as_ref());
        self.thinking.borrow_mut().clear();
        put(self.open, case.clone());
        put(self.transcript, Keys::default());
        match case {
            Some(case) => {
                self.read_row(handle, &case);
                self.read_rows(handle, &case);
            }
            None => {
                put(self.row, None);
                put(self.loading, false);
            }
        }
    }

    fn read_row(&self, handle: &Handle, case: &CaseKey) {
        put(self.row, handle.read(|view| view.case(case)).map(Rc::new));
    }

    fn rows_changed(&self, handle: &Handle, case: &CaseKey) {
        let before = self.transcript.peek().clone();
        self.read_rows(handle, case);
        let Some(last) = before.last() else { return };
        let now = self.transcript.peek().clone();
        let added = now.place_of(last).map_or(0, |at| at + 1);
        for key in now.from(added) {
            let row = handle.read(|view| view.message(case, key));
            if row.is_some_and(|row| row.role != Role::User && row.thinking.is_none()) {
                self.arrived(key);
            }
        }
    }

    fn read_rows(&self, handle: &Handle, case: &CaseKey) {
        let keys = handle.read(|view| {
            put(self.older, view.has_older(case));
            put(self.loading, view.is_loading(case));
            let before = self.transcript.peek();
            let keys = before.changed_to(view.transcript(case));
            let mut thinking = self.thinking.borrow_mut();
            for key in keys.from(before.common(&keys)).rev().take(50) {
                let row = view.message(case, key);
                if let Some(Thinking::Since(since)) = row.and_then(|row| row.thinking) {
                    self.begun.set(self.begun.get().max(since));
                    thinking.insert(key.clone());
                }
            }
            keys
        });
        self.mark_unread(handle, case);
        put(self.transcript, keys);
    }

    /// To be called before a case is opened.
    pub(crate) fn about_to_open(&self, handle: &Handle, case: &CaseKey) {
        let unread = handle.read(|view| view.case(case).is_some_and(|row| row.badge == Badge::Unread));
        self.unread.replace(unread.then(|| case.clone()));
    }

    /// Puts the mark before the first row that was not seen, as soon as that is there.
    fn mark_unread(&self, handle: &Handle, case: &CaseKey) {
        if self.unread.borrow().as_ref() == Some(case)
            && let Some(first) = first_unread(handle, case)
        {
            self.unread.take();
            put(self.new_from, Some(first));
        }
    }

    fn row_changed(&self, handle: &Handle, case: &CaseKey, key: &MessageKey) {
        self.messages.tell(key, || handle.read(|view| view.message(case, key)));
        let row = handle.read(|view| view.message(case, key));
        let Some(row) = row.filter(|row| row.role == Role::Assistant) else { return };
        match row.thinking {
            Some(Thinking::Since(since)) => {
                self.begun.set(self.begun.get().max(since));
                self.thinking.borrow_mut().insert(key.clone());
            }
            Some(Thinking::Stopped) => {
                self.thinking.borrow_mut().remove(key);
            }
            None => {
                let was_thinking = self.thinking.borrow_mut().remove(key);
                if was_thinking {
                    self.arrived(key);
                }
            }
        }
    }

    /// Moves when an answer of the open case is begun.
    pub(crate) fn begun(&self) -> Mono {
        self.begun.get()
    }

    fn arrived(&self, key: &MessageKey) {
        let next = *self.answered.peek() + 1;
        put(self.answered, next);
        let mut unseen = self.unseen;
        if !unseen.peek().contains(key) {
            unseen.write().push(key.clone());
        }
    }

    /// The first case of the list as it stands.
    pub(crate) fn first_case(&self) -> Option<CaseKey> {
        self.groups.peek().iter().find_map(|keys| keys.first()).cloned()
    }

    /// The case after this one, else the one before it.
    pub(crate) fn neighbour(&self, case: &CaseKey) -> Option<CaseKey> {
        let groups = self.groups.peek();
        let all: Vec<&CaseKey> = groups.iter().flat_map(|keys| keys.iter()).collect();
        let at = all.iter().position(|key| *key == case)?;
        let next = all.get(at + 1).or_else(|| all.get(at.checked_sub(1)?));
        next.map(|key| (*key).clone())
    }
}

fn groups(handle: &Handle) -> Groups {
    handle.read(|view| Rc::new(GROUPS.map(|group| Rc::new(view.group(group).to_vec()))))
}

/// Where reading goes on in a case with an answer that was not seen: the rows after the person's last.
fn first_unread(handle: &Handle, case: &CaseKey) -> Option<MessageKey> {
    handle.read(|view| {
        let rows = view.transcript(case).iter().rev().filter_map(|key| view.message(case, key));
        let unread: Vec<MessageRow> = rows.take_while(|row| row.role != Role::User).collect();
        unread.iter().rev().find(|row| row.thinking.is_none()).map(|row| row.key.clone())
    })
}

/// The row of a case, kept up to date while the component is in the page. The component's key is the case's.
pub(crate) fn use_case(key: &CaseKey) -> Signal<Option<Rc<CaseRow>>> {
    let session = use_session();
    let cell = use_hook(|| {
        let cell = Signal::new(session.handle.read(|view| view.case(key)).map(Rc::new));
        session.view.cases.enter(key, cell);
        cell
    });
    let key = key.clone();
    use_drop(move || session.view.cases.leave(&key, cell));
    cell
}

/// The row of a message of the open case, kept up to date while the component is in the page. The
/// component's key is the message's.
pub(crate) fn use_message(case: &CaseKey, key: &MessageKey) -> Signal<Option<Rc<MessageRow>>> {
    let session = use_session();
    let cell = use_hook(|| {
        let cell = Signal::new(session.handle.read(|view| view.message(case, key)).map(Rc::new));
        session.view.messages.enter(key, cell);
        cell
    });
    let key = key.clone();
    use_drop(move || session.view.messages.leave(&key, cell));
    cell
}
