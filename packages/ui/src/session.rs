//! One open account, as the components see it: what the core shows, what people do with it, and the
//! small state that belongs to this window alone.
//!
//! Actions end in one [`Intent`] each; nothing here decides about cases or messages. The signals
//! live as long as the component that made the session.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use copilot_core::ids::{CaseKey, MessageKey, OperationId};
use copilot_core::model::{Draft, Role};
use copilot_core::view::{AccountStatus, CaseRow, Thinking, ViewPatch};
use copilot_core::{Announcement, Intent, Notice, Undoable};
use copilot_runtime::{App, Change, Handle, Subscription};
use dioxus::core::{Runtime, RuntimeGuard};
use dioxus::prelude::*;

use crate::announce::{Queue, Saying};
use crate::composer::Desk;
use crate::focus::{Spot, Spots};
use crate::host::Host;
use crate::mirror::Mirror;
use crate::setup::Setup;
use crate::transcript::Reading;
use crate::words;

/// What can be taken back for a moment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Toast {
    pub operation: OperationId,
    pub text: String,
    pub millis: u64,
    /// Whether it is about the list of cases.
    pub about_cases: bool,
    pub number: u64,
}

/// Where a title is being changed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Renaming {
    pub case: CaseKey,
    pub in_header: bool,
}

/// A question over everything else.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Dialog {
    SignIn,
    SignOut,
}

pub(crate) struct Inner {
    pub app: App,
    pub handle: Handle,
    pub host: Rc<dyn Host>,
    pub view: Mirror,
    pub desk: Desk,
    pub spots: Spots,
    /// Whether the panel is wide enough for a sidebar.
    pub wide: Signal<bool>,
    pub drawer: Signal<bool>,
    pub dialog: Signal<Option<Dialog>>,
    pub renaming: Signal<Option<Renaming>>,
    pub row_menu: Signal<Option<CaseKey>>,
    pub toast: Signal<Option<Toast>>,
    /// Moves once a minute, for ages.
    pub minute: Signal<u64>,
    /// Moves when something waits to be announced.
    pub said: Signal<u64>,
    pub sayings: RefCell<Queue>,
    reading: RefCell<Option<Rc<Reading>>>,
    toasts: Cell<u64>,
    subscription: RefCell<Option<Subscription>>,
    on_hide: RefCell<Option<Box<dyn std::any::Any>>>,
}

/// Cheap to clone; all clones are the same session.
#[derive(Clone)]
pub(crate) struct Session(Rc<Inner>);

impl std::ops::Deref for Session {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// Sets a signal only if that changes it.
pub(crate) fn put<T: PartialEq + 'static>(mut signal: Signal<T>, value: T) {
    let same = *signal.peek() == value;
    if !same {
        signal.set(value);
    }
}

/// The session of the component's account.
pub(crate) fn use_session() -> Session {
    use_context::<Session>()
}

/// Runs what a renderer can do at once in this very moment, and the rest when it can.
pub(crate) fn at_once<T: 'static>(future: impl Future<Output = T> + 'static) -> Option<T> {
    let mut future = Box::pin(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => {
            dioxus::core::spawn_forever(async move {
                future.await;
            });
            None
        }
    }
}

impl Session {
    /// To be called once, inside a hook of the component that owns the account.
    pub(crate) fn open(setup: &Setup, handle: Handle) -> Self {
        reopen_last(setup, &handle);
        let view = Mirror::new(&handle);
        let desk = Desk::new(&handle);
        let session = Self(Rc::new(Inner {
            app: setup.app.clone(),
            handle: handle.clone(),
            host: setup.host.clone(),
            view,
            desk,
            spots: Spots::new(),
            wide: Signal::new(false),
            drawer: Signal::new(false),
            dialog: Signal::new(None),
            renaming: Signal::new(None),
            row_menu: Signal::new(None),
            toast: Signal::new(None),
            minute: Signal::new(0),
            said: Signal::new(0),
            sayings: RefCell::default(),
            reading: RefCell::default(),
            toasts: Cell::new(0),
            subscription: RefCell::default(),
            on_hide: RefCell::default(),
        }));
        let runtime = Runtime::current();
        let weak = Rc::downgrade(&session.0);
        let subscription = handle.subscribe(move |change| {
            if let Some(inner) = weak.upgrade() {
                let _guard = RuntimeGuard::new(runtime.clone());
                Self(inner).hear(change);
            }
        });
        *session.subscription.borrow_mut() = Some(subscription);
        let weak = Rc::downgrade(&session.0);
        let on_hide = session.host.on_hide(Box::new(move || {
            if let Some(inner) = weak.upgrade() {
                Self(inner).keep_draft();
            }
        }));
        *session.on_hide.borrow_mut() = Some(on_hide);
        session
    }

    /// To be called when the component that owns the account goes.
    pub(crate) fn close(&self) {
        self.keep_draft();
        self.desk.retire();
        self.subscription.borrow_mut().take();
        self.on_hide.borrow_mut().take();
    }

    fn hear(&self, change: &Change<'_>) {
        match change {
            Change::View(patches) => {
                for patch in *patches {
                    self.view.apply(&self.handle, patch);
                    match patch {
                        ViewPatch::Open => {
                            self.remember_open();
                            self.load_draft();
                        }
                        ViewPatch::Draft(case) => self.draft_changed(case.as_ref()),
                        _ => {}
                    }
                }
            }
            Change::Notice(notice) => self.notice(notice),
        }
    }

    fn remember_open(&self) {
        let key = self.view.open.peek().as_ref().map(ToString::to_string);
        self.app.set_preference(&last_open(&self.handle), key.as_deref().unwrap_or_default());
    }

    fn notice(&self, notice: &Notice) {
        match notice {
            Notice::Refused(refusal) => self.refused(refusal),
            Notice::NotKept { why, case, draft } => self.give_back(why, case.as_ref(), draft),
            Notice::NotDeleted { case, failure } => {
                let title = self.handle.read(|view| view.case(case).map(|row| row.title)).unwrap_or_default();
                self.desk.note(&words::not_deleted(&title, failure));
            }
            Notice::Undoable { operation, what, within } => {
                let (text, about_cases, said) = match what {
                    Undoable::Deleted { title, .. } => (words::deleted(title), true, words::SAID_DELETED),
                    Undoable::Discarded => (words::DISCARDED.to_owned(), false, words::SAID_DISCARDED),
                };
                let number = self.toasts.get() + 1;
                self.toasts.set(number);
                put(
                    self.toast,
                    Some(Toast { operation: *operation, text, millis: within.0, about_cases, number }),
                );
                self.say(Saying::Undoable(said));
            }
            Notice::Announce(announcement) => self.announce(announcement),
        }
    }

    fn announce(&self, announcement: &Announcement) {
        self.say(match announcement {
            Announcement::MessageSent => Saying::Sent(1),
            Announcement::WaitingOffline => Saying::WaitingOffline,
            Announcement::AnswerComplete => Saying::AnswerComplete,
            Announcement::BackOnline(count) => Saying::BackOnline(*count),
            Announcement::AllSent => Saying::AllSent,
            Announcement::NotSent(operation) => Saying::NotSent(self.why_not_sent(*operation)),
            Announcement::SignedOut => Saying::SignedOut,
        });
    }

    fn why_not_sent(&self, operation: OperationId) -> String {
        let case = self.view.open.peek().clone();
        let row = case.and_then(|case| {
            self.handle.read(|view| {
                let keys = view.transcript(&case).iter().rev();
                let mut rows = keys.filter_map(|key| view.message(&case, key));
                rows.find(|row| row.operation == Some(operation) && row.role == Role::User)
            })
        });
        match row.map(|row| row.delivery) {
            Some(copilot_core::view::Delivery::Failed { failure, .. }) => words::reason(&failure, None, None),
            _ => String::new(),
        }
    }

    /// Tells assistive technology.
    pub(crate) fn say(&self, saying: Saying) {
        self.sayings.borrow_mut().push(saying);
        let next = *self.said.peek() + 1;
        put(self.said, next);
    }

    /// Does what the person wants.
    pub(crate) fn act(&self, intent: Intent) {
        self.handle.dispatch(intent);
    }

    /// Row of the open case as of now.
    pub(crate) fn open_case(&self) -> Option<CaseRow> {
        let key = self.view.open.peek().clone()?;
        self.handle.read(|view| view.case(&key))
    }

    /// Shows a case, or the empty conversation of a new one.
    pub(crate) fn show(&self, case: Option<CaseKey>) {
        self.keep_draft();
        self.act(Intent::Open(case));
        put(self.drawer, false);
        put(self.row_menu, None);
        self.focus(Spot::Composer);
    }

    /// Gives the focus to a place, now or as soon as it is there.
    pub(crate) fn focus(&self, spot: Spot) {
        self.spots.focus(spot);
    }

    /// Opens or closes the drawer; in a wide panel the list is always there and takes the focus.
    pub(crate) fn toggle_cases(&self) {
        let open = *self.drawer.peek();
        if *self.wide.peek() || !open {
            put(self.drawer, !*self.wide.peek());
            let current = self.view.open.peek().clone().or_else(|| self.view.first_case());
            self.focus(current.map_or(Spot::Search, Spot::Case));
        } else {
            self.close_drawer();
        }
    }

    pub(crate) fn close_drawer(&self) {
        put(self.drawer, false);
        put(self.row_menu, None);
        self.focus(Spot::Menu);
    }

    /// Puts the cursor into the search field, wherever that is.
    pub(crate) fn search(&self) {
        if !*self.wide.peek() {
            put(self.drawer, true);
        }
        self.focus(Spot::Search);
    }

    /// Deletes a case; its neighbour in the list takes the focus.
    pub(crate) fn delete(&self, case: &CaseKey) {
        let neighbour = self.view.neighbour(case);
        if self.view.open.peek().as_ref() == Some(case) {
            self.keep_draft();
        }
        put(self.row_menu, None);
        self.act(Intent::Delete(case.clone()));
        self.focus(neighbour.map_or(Spot::Composer, Spot::Case));
    }

    /// Gives up an unsent message; its neighbour takes the focus.
    pub(crate) fn discard(&self, operation: OperationId, key: &MessageKey) {
        let keys = self.view.transcript.peek().clone();
        let at = keys.iter().position(|other| other == key);
        let neighbour = at.and_then(|at| keys.get(at + 1).or_else(|| keys.get(at.checked_sub(1)?)).cloned());
        self.act(Intent::Discard(operation));
        self.focus(neighbour.map_or(Spot::Composer, Spot::Message));
    }

    /// Takes an unsent message back into the composer, above what stands there.
    pub(crate) fn edit(&self, operation: OperationId) {
        self.keep_draft();
        self.act(Intent::Edit(operation));
        self.focus(Spot::Composer);
    }

    /// Takes an unsent message, with what goes along, into the composer of a new case.
    pub(crate) fn move_to_new_case(&self, operation: OperationId) {
        self.keep_draft();
        let before = self.kept_draft();
        self.act(Intent::Edit(operation));
        let case = self.view.open.peek().clone();
        let moved = self.handle.read(|view| view.draft(case.as_ref()).cloned());
        let Some(mut moved) = moved.filter(|draft| *draft != before) else { return };
        if !before.text.is_empty() {
            let own = moved.text.strip_suffix(&*before.text).map_or(&*moved.text, str::trim_end);
            moved.text = Arc::from(own);
        }
        moved.data.truncate(moved.data.len().saturating_sub(before.data.len()));
        self.act(Intent::KeepDraft { case, draft: before });
        self.act(Intent::Open(None));
        let waiting = self.handle.read(|view| view.draft(None).cloned()).unwrap_or_default();
        self.act(Intent::KeepDraft { case: None, draft: above(moved, waiting) });
        self.load_draft();
        self.focus(Spot::Composer);
    }

    /// Copies text, and says when that did not work.
    pub(crate) fn copy(&self, text: String) {
        let session = self.clone();
        let copying = self.host.copy(text);
        dioxus::core::spawn_forever(async move {
            if !copying.await {
                session.desk.note(words::COPY_FAILED);
            }
        });
    }

    /// Stops waiting for the answer that is being worked on, if there is one.
    pub(crate) fn stop(&self) -> bool {
        let Some(case) = self.view.open.peek().clone() else { return false };
        let thinking = self.handle.read(|view| {
            let rows =
                view.transcript(&case).iter().rev().take(50).filter_map(|key| view.message(&case, key));
            rows.filter(|row| matches!(row.thinking, Some(Thinking::Since(_)))).find_map(|row| row.operation)
        });
        let Some(operation) = thinking else { return false };
        self.act(Intent::Stop(operation));
        self.focus(Spot::Composer);
        true
    }

    /// Signs out; with unsent work only after a question.
    pub(crate) fn sign_out(&self, asked: bool) {
        let status = self.view.status.peek().clone();
        if !asked && status.waiting + status.not_sent > 0 {
            put(self.dialog, Some(Dialog::SignOut));
            return;
        }
        self.keep_draft();
        self.app.sign_out();
    }

    /// Whether the account can send.
    pub(crate) fn signed_in(&self) -> bool {
        self.view.status.peek().account != AccountStatus::SignedOut
    }

    /// The list that shows the open case tells where the reader is.
    pub(crate) fn set_reading(&self, reading: Option<Rc<Reading>>) {
        *self.reading.borrow_mut() = reading;
    }

    /// The reading position of the open case.
    pub(crate) fn reading(&self) -> Option<Rc<Reading>> {
        self.reading.borrow().clone()
    }
}

/// The preference that remembers which case an account had open.
fn last_open(handle: &Handle) -> String {
    let account = handle.account();
    format!("cases.open {} {}", account.server, account.user_id)
}

/// One conversation is always open: the last one, else a new case (ux §2).
fn reopen_last(setup: &Setup, handle: &Handle) {
    let key = setup.app.preference(&last_open(handle)).and_then(|key| key.parse::<CaseKey>().ok());
    let Some(key) = key else { return };
    if handle.read(|view| view.open().is_none() && view.case(&key).is_some()) {
        handle.dispatch(Intent::Open(Some(key)));
    }
}

/// Two drafts in one: the first above the second, a blank line between them.
pub(crate) fn above(first: Draft, second: Draft) -> Draft {
    let text = match (first.text.is_empty(), second.text.is_empty()) {
        (_, true) => first.text,
        (true, false) => second.text,
        (false, false) => Arc::from(format!("{}\n\n{}", first.text, second.text)),
    };
    let data = first.data.into_iter().chain(second.data).collect();
    Draft { caret: u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX), text, data }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_message_stands_above_what_was_written_there() {
        let draft = |text: &str| Draft { text: text.into(), ..Draft::default() };
        assert_eq!(&*above(draft("moved"), draft("there")).text, "moved\n\nthere");
        assert_eq!(&*above(draft("moved"), draft("")).text, "moved");
        assert_eq!(&*above(draft(""), draft("there")).text, "there");
    }
}
