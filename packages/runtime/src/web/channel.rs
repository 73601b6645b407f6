//! What the windows of one profile tell each other: a `BroadcastChannel`, and a second wire behind it.
//!
//! The second wire is one key of `localStorage` that holds how far the journal has come; every write
//! of it is a `storage` event in the other windows. A window that has heard everything on the first
//! wire finds nothing new in it. One that has missed something, or whose browser has no channels,
//! finds the gap and reads it back from the store.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use copilot_core::Millis;
use copilot_core::journal::Sequence;
use copilot_core::peer::PeerMessage;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent, Storage, StorageEvent};

use super::listener::EventListener;
use crate::account::ProfileId;
use crate::peer_wire;
use crate::ports::{Executor, PeerLink, Peers};
use crate::tasks::{OwnedTask, spawn_owned};

/// What the second wire says is looked at this much later, so that the first one is not overtaken:
/// a journal that is read back for nothing costs a transaction.
const BEHIND: Millis = Millis(500);

pub(super) struct Windows {
    executor: Rc<dyn Executor>,
}

impl Windows {
    pub(super) fn new(executor: Rc<dyn Executor>) -> Self {
        Self { executor }
    }
}

impl Peers for Windows {
    fn join(&self, profile: &ProfileId, hear: Rc<dyn Fn(PeerMessage)>) -> Option<Box<dyn PeerLink>> {
        let channel = Channel::open(profile, hear.clone());
        let second = SecondWire::open(profile, hear, self.executor.clone());
        (channel.is_some() || second.is_some()).then(|| Box::new(Window { channel, second }) as Box<_>)
    }
}

struct Window {
    channel: Option<Channel>,
    second: Option<SecondWire>,
}

impl PeerLink for Window {
    fn tell(&self, message: &PeerMessage) {
        if let Some(channel) = &self.channel {
            channel.tell(message);
        }
        if let Some(second) = &self.second {
            second.tell(message);
        }
    }
}

struct Channel {
    channel: BroadcastChannel,
    _messages: EventListener,
}

impl Channel {
    fn open(profile: &ProfileId, hear: Rc<dyn Fn(PeerMessage)>) -> Option<Self> {
        let channel = BroadcastChannel::new(&format!("fm:{profile}:peers")).ok()?;
        let messages = EventListener::new(&channel, "message", move |event| {
            let text = event.dyn_into::<MessageEvent>().ok().and_then(|event| event.data().as_string());
            // What is not understood is missed, and read back from the store.
            if let Some(message) = text.and_then(|text| peer_wire::decode(&text)) {
                hear(message);
            }
        });
        Some(Self { channel, _messages: messages })
    }

    fn tell(&self, message: &PeerMessage) {
        if let Some(text) = peer_wire::encode(message) {
            let _ = self.channel.post_message(&JsValue::from_str(&text));
        }
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.close();
    }
}

struct SecondWire {
    storage: Storage,
    key: String,
    _events: EventListener,
}

impl SecondWire {
    fn open(profile: &ProfileId, hear: Rc<dyn Fn(PeerMessage)>, executor: Rc<dyn Executor>) -> Option<Self> {
        let window = web_sys::window()?;
        // Asking for it throws where it is blocked.
        let storage = window.local_storage().ok()??;
        let key = format!("fm:{profile}:told");
        let looking = Rc::new(Looking { executor, hear, highest: Cell::default(), task: RefCell::default() });
        let told = key.clone();
        let events = EventListener::new(&window, "storage", move |event| {
            let event = event.dyn_ref::<StorageEvent>().filter(|event| event.key().as_ref() == Some(&told));
            let next = event.and_then(StorageEvent::new_value).and_then(|text| text.parse().ok());
            if let Some(next) = next {
                looking.look_at(Sequence(next));
            }
        });
        Some(Self { storage, key, _events: events })
    }

    /// Says how far the journal has come. Best effort: where there is no room it stays unsaid.
    fn tell(&self, message: &PeerMessage) {
        if let Some(next) = next_after(message) {
            let _ = self.storage.set_item(&self.key, &next.0.to_string());
        }
    }
}

/// Position behind the records that a message tells of.
fn next_after(message: &PeerMessage) -> Option<Sequence> {
    match message {
        PeerMessage::Appended(records) => records.last().map(|last| last.sequence.after(1)),
        PeerMessage::Confirmed { after, .. } => Some(*after),
        PeerMessage::Compacted(before) => Some(*before),
    }
}

/// Looks at the highest position that was told, once the first wire has had its time.
struct Looking {
    executor: Rc<dyn Executor>,
    hear: Rc<dyn Fn(PeerMessage)>,
    highest: Cell<Sequence>,
    task: RefCell<Option<OwnedTask>>,
}

impl Looking {
    fn look_at(self: &Rc<Self>, next: Sequence) {
        self.highest.set(next.max(self.highest.get()));
        if self.task.borrow().is_some() {
            return;
        }
        let (behind, looking) = (self.executor.sleep(BEHIND), Rc::downgrade(self));
        let task = spawn_owned(&self.executor, async move {
            behind.await;
            let Some(looking) = looking.upgrade() else { return };
            drop(looking.task.take());
            // Rows that hold from a position on, and none of them: a window that is not there yet reads.
            (looking.hear)(PeerMessage::Confirmed { after: looking.highest.get(), writes: Vec::new() });
        });
        *self.task.borrow_mut() = Some(task);
    }
}
