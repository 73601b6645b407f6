//! One open account, as the components see it: what the core shows, what people do with it, and the
//! small state that belongs to this window alone.
//!
//! Actions end in one [`Intent`] each; nothing here decides about cases or messages. The signals
//! live as long as the component that made the session.

mod moves;
mod notices;

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use copilot_core::Intent;
use copilot_core::ids::{CaseKey, MessageKey, OperationId, RealId};
use copilot_core::model::Draft;
use copilot_core::view::{AccountStatus, CaseRow, ViewPatch};
use copilot_runtime::{App, Change, Handle, Subscription};
use dioxus::core::{Runtime, RuntimeGuard};
use dioxus::prelude::*;

use crate::announce::{Queue, Saying};
use crate::composer::Desk;
use crate::focus::{Spot, Spots};
use crate::host::Host;
use crate::mirror::Mirror;
use crate::place::{Place, case_of};
use crate::preferences::Preferences;
use crate::room::Freed;
use crate::setup::Setup;
use crate::transcript::Reading;

/// What can be taken back for a moment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Toast {
    pub operation: OperationId,
    pub text: String,
    pub millis: u64,
    /// Whether it is about the list of cases.
    pub about_cases: bool,
    /// Whether it can be taken back only while its message has not left.
    pub while_unsent: bool,
    pub number: u64,
}

/// Where a title is being changed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Renaming {
    pub case: CaseKey,
    pub in_header: bool,
}

/// A layer over everything else; one at a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Dialog {
    SignIn,
    SignOut,
    Palette,
    Shortcuts,
    Details,
}

/// What stands beside the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    Conversation,
    Settings,
    Inspector,
}

/// Where a menu is open.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum MenuAt {
    /// On a row of the list.
    Case(CaseKey),
    /// On the state in the header.
    State,
    /// On an answer.
    Answer(MessageKey),
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
    pub menu: Signal<Option<MenuAt>>,
    pub page: Signal<Page>,
    pub preferences: Preferences,
    /// What the last import has brought.
    pub imported: Signal<Option<String>>,
    /// What was freed on this device, by this window.
    pub freed: Signal<Freed>,
    pub toast: Signal<Option<Toast>>,
    /// Whether a newer version of the program waits for the person's word.
    pub newer: Signal<bool>,
    /// Whether the system asks for dark pages.
    pub dark: Signal<bool>,
    /// The case that an address asked for and that is not in the list yet.
    pub wanted: RefCell<Option<RealId>>,
    /// Moves once a minute, for ages.
    pub minute: Signal<u64>,
    /// Moves when something waits to be announced.
    pub said: Signal<u64>,
    pub sayings: RefCell<Queue>,
    reading: RefCell<Option<Rc<Reading>>>,
    /// Where the focus goes when a layer or page is left.
    way_back: RefCell<Spot>,
    toasts: Cell<u64>,
    subscription: RefCell<Option<Subscription>>,
    /// What the shell is listened to with; it ends with the account.
    guards: RefCell<Vec<Box<dyn std::any::Any>>>,
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

/// Panels of this width in pixels and more have a sidebar (ux §3).
pub(crate) const WIDE: f64 = 720.0;

/// Sets a signal only if that changes it. What comes late, when the account is no longer on screen,
/// finds no signal and changes nothing.
pub(crate) fn put<T: PartialEq + 'static>(mut signal: Signal<T>, value: T) {
    let same = signal.try_peek().map(|now| *now == value);
    if let (Ok(false), Ok(mut now)) = (same, signal.try_write()) {
        *now = value;
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
    pub(crate) fn open(setup: &Setup, handle: Handle, preferences: Preferences) -> Self {
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
            wide: Signal::new(setup.host.width().is_some_and(|width| width >= WIDE)),
            drawer: Signal::new(false),
            dialog: Signal::new(None),
            renaming: Signal::new(None),
            menu: Signal::new(None),
            page: Signal::new(Page::Conversation),
            preferences,
            imported: Signal::new(None),
            freed: Signal::new(None),
            toast: Signal::new(None),
            newer: Signal::new(false),
            dark: Signal::new(setup.host.prefers_dark()),
            wanted: RefCell::default(),
            minute: Signal::new(0),
            said: Signal::new(0),
            sayings: RefCell::default(),
            reading: RefCell::default(),
            way_back: RefCell::new(Spot::Composer),
            toasts: Cell::new(0),
            subscription: RefCell::default(),
            guards: RefCell::default(),
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
        session.listen_to_the_shell();
        session
    }

    fn listen_to_the_shell(&self) {
        let (weak, runtime) = (Rc::downgrade(&self.0), Runtime::current());
        let hear = move |then: &dyn Fn(Self)| {
            if let Some(inner) = weak.upgrade() {
                let _guard = RuntimeGuard::new(runtime.clone());
                then(Self(inner));
            }
        };
        let (on_hide, on_paste, on_update) = (hear.clone(), hear.clone(), hear.clone());
        let (on_theme, on_place) = (hear.clone(), hear);
        let guards = [
            self.host.on_hide(Box::new(move || on_hide(&|session| session.keep_draft()))),
            self.host.on_paste(Box::new(move |pasted| {
                let pasted = Cell::new(Some(pasted));
                on_paste(&|session| {
                    let limit = session.view.status.peek().limits.max_bytes;
                    if let Some(pasted) = pasted.take() {
                        session.paste_anywhere(pasted.within(limit));
                    }
                });
            })),
            self.host.on_theme(Box::new(move || {
                on_theme(&|session| put(session.dark, session.host.prefers_dark()));
            })),
            self.host.on_update(Box::new(move || on_update(&|session| put(session.newer, true)))),
            self.host.on_place(Box::new(move |text| {
                if let Some(place) = Place::parse(text) {
                    on_place(&|session| session.go(place.clone()));
                }
            })),
        ];
        self.guards.borrow_mut().extend(guards);
    }

    /// To be called when the component that owns the account goes.
    pub(crate) fn close(&self) {
        self.keep_draft();
        self.desk.retire();
        self.subscription.borrow_mut().take();
        self.guards.borrow_mut().clear();
    }

    fn hear(&self, change: &Change<'_>) {
        match change {
            Change::View(patches) => {
                let toast = self
                    .toast
                    .peek()
                    .as_ref()
                    .filter(|toast| toast.while_unsent)
                    .map(|toast| toast.operation);
                if toast.is_some_and(|operation| !self.still_waits(operation)) {
                    put(self.toast, None);
                }
                let begun = self.view.begun();
                // With the case its draft goes, which may be told first.
                let mut homeless = self.homeless();
                for patch in *patches {
                    self.view.apply(&self.handle, patch);
                    match patch {
                        ViewPatch::Open => {
                            self.wanted.take();
                            self.remember_open();
                            self.load_draft();
                            self.take_in(homeless.take());
                        }
                        ViewPatch::CaseList => self.go_on(),
                        ViewPatch::Draft(case) => self.draft_changed(case.as_ref()),
                        _ => {}
                    }
                }
                if self.view.begun() > begun {
                    self.say(Saying::AnswerStarted);
                }
            }
            Change::Notice(notice) => self.notice(notice),
        }
    }

    fn remember_open(&self) {
        let key = self.view.open.peek().as_ref().map(ToString::to_string);
        self.app.set_preference(&last_open(&self.handle), key.as_deref().unwrap_or_default());
    }

    /// Tells assistive technology.
    pub(crate) fn say(&self, saying: Saying) {
        self.sayings.borrow_mut().push(saying);
        let next = *self.said.peek() + 1;
        put(self.said, next);
    }

    /// Does what the person wants.
    pub(crate) fn act(&self, intent: Intent) {
        if let Intent::Open(Some(case)) = &intent {
            self.view.about_to_open(&self.handle, case);
        }
        self.handle.dispatch(intent);
    }

    /// Row of the open case as of now.
    pub(crate) fn open_case(&self) -> Option<CaseRow> {
        let key = self.view.open.peek().clone()?;
        self.handle.read(|view| view.case(&key))
    }

    /// Gives the focus to a place, now or as soon as it is there.
    pub(crate) fn focus(&self, spot: Spot) {
        self.spots.focus(spot);
    }

    /// Signs out; with unsent work only after a question.
    pub(crate) fn sign_out(&self, asked: bool) {
        let status = self.view.status.peek().clone();
        if !asked && status.waiting + status.not_sent > 0 {
            let back = if *self.page.peek() == Page::Conversation { Spot::Composer } else { Spot::Back };
            self.open_layer(Dialog::SignOut, back);
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
    // What goes by the server's name in memory may have one of its own in the store.
    let known = if handle.read(|view| view.case(&key).is_some()) {
        Some(key)
    } else {
        key.derived_from().and_then(|real| case_of(handle, &real))
    };
    if known.is_some() && handle.read(|view| view.open().is_none()) {
        handle.dispatch(Intent::Open(known));
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
