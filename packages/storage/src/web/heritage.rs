//! What a window that ends leaves behind: the others take it over.
//!
//! A window that is closed right behind Enter has its batch in the belt, and perhaps nowhere else. So a
//! window that sees something of another one in the belt waits for the end of that one, and then stores
//! what is still there. Several may do so at once; the journal takes every batch once.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use copilot_core::journal::Sequence;
use copilot_core::ordered::OrderedSet;
use futures_channel::oneshot;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, StorageEvent};

use super::js::refusal;
use super::{Window, instance, journal};
use crate::store::LocalFuture;

/// Books about windows that may leave something.
#[derive(Debug, Default)]
pub(super) struct Heritage {
    /// Windows whose end is waited for.
    awaited: RefCell<OrderedSet<String>>,
    /// Where the journal ended when something was taken over last.
    reached: Cell<Sequence>,
    /// Who wants to know when it goes beyond a position.
    asking: RefCell<Vec<(Sequence, oneshot::Sender<Sequence>)>>,
    events: RefCell<Option<Events>>,
}

/// Hears what other windows write into `localStorage`, until it is dropped.
#[derive(Debug)]
struct Events(Closure<dyn Fn(Event)>);

impl Events {
    fn begin(window: Weak<Window>) -> Option<Self> {
        let heard = Closure::<dyn Fn(Event)>::new(move |event: Event| {
            let event = event.dyn_ref::<StorageEvent>().filter(|event| event.new_value().is_some());
            let key = event.and_then(StorageEvent::key);
            if let (Some(window), Some(key)) = (window.upgrade(), key)
                && let Some(instance) = window.belt.instance_of(&key)
            {
                window.await_end_of(instance);
            }
        });
        let page = web_sys::window()?;
        page.add_event_listener_with_callback("storage", heard.as_ref().unchecked_ref()).ok()?;
        Some(Self(heard))
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        if let Some(page) = web_sys::window() {
            let _ = page.remove_event_listener_with_callback("storage", self.0.as_ref().unchecked_ref());
        }
    }
}

impl Window {
    /// From now on what other windows leave behind is noticed.
    pub(super) fn watch_others(self: &Rc<Self>) {
        *self.heritage.events.borrow_mut() = Events::begin(Rc::downgrade(self));
    }

    /// Waits until something was taken over and the journal reaches beyond a position by that.
    pub(super) fn taken_over(&self, beyond: Sequence) -> LocalFuture<Sequence> {
        let (answer, asking) = oneshot::channel();
        self.heritage.asking.borrow_mut().push((beyond, answer));
        self.answer();
        Box::pin(async move {
            match asking.await {
                Ok(reached) => reached,
                // The store is closed.
                Err(_) => std::future::pending().await,
            }
        })
    }

    fn answer(&self) {
        let reached = self.heritage.reached.get();
        let asking = self.heritage.asking.take();
        let (over, still): (Vec<_>, Vec<_>) = asking.into_iter().partition(|(beyond, _)| *beyond < reached);
        *self.heritage.asking.borrow_mut() = still;
        for (_, answer) in over {
            // Whoever asked may have gone.
            let _ = answer.send(reached);
        }
    }

    /// Takes over what is in the belt of windows that are gone, and waits for the end of those that live
    /// and have something there. What cannot be stored now stays in the belt.
    pub(super) async fn take_over_leftovers(self: &Rc<Self>) {
        let leftovers = self.belt.leftovers();
        let others: Vec<_> = leftovers.into_keys().filter(|id| id != self.instance.id()).collect();
        if others.is_empty() {
            return;
        }
        let alive = instance::alive(self.database.name()).await;
        for instance in others {
            if alive.contains(&instance) {
                self.await_end_of(&instance);
            } else {
                self.take_over(&instance).await;
            }
        }
    }

    fn await_end_of(self: &Rc<Self>, instance: &str) {
        let awaited = &self.heritage.awaited;
        if instance == self.instance.id() || !awaited.borrow_mut().insert(instance.to_owned()) {
            return;
        }
        let (window, instance) = (Rc::downgrade(self), instance.to_owned());
        let name = self.database.name().to_owned();
        spawn_local(async move {
            // Without Web Locks nobody knows who lives; the next start takes over what is there then.
            let ended = instance::ended(&name, &instance).await;
            let Some(window) = window.upgrade().filter(|_| ended.is_ok()) else { return };
            window.heritage.awaited.borrow_mut().remove(&instance);
            window.take_over(&instance).await;
        });
    }

    async fn take_over(&self, instance: &str) {
        let Some(batches) = self.belt.leftovers().remove(instance) else { return };
        let adopt = async || {
            journal::adopt(&self.database, instance, &batches).await.map_err(|error| refusal(&error))
        };
        let Ok(reached) = self.with_room(adopt).await else { return };
        batches.iter().for_each(|batch| self.belt.remove(instance, batch.number));
        if let Some(reached) = reached {
            self.heritage.reached.set(reached.max(self.heritage.reached.get()));
            self.answer();
        }
    }
}
