//! Who wants to be told. A subscription lives as long as its owner keeps it.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use copilot_core::ordered::OrderedMap;

/// Keeps a listener registered; dropping it ends that.
#[must_use = "the listener is gone as soon as the subscription is dropped"]
pub struct Subscription {
    cancel: Option<Box<dyn FnOnce()>>,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(cancel) = self.cancel.take() {
            cancel();
        }
    }
}

struct Slots<F: ?Sized> {
    next: u64,
    listeners: OrderedMap<u64, Rc<F>>,
}

/// The listeners of one source, called in the order in which they came.
pub(crate) struct Listeners<F: ?Sized> {
    slots: Rc<RefCell<Slots<F>>>,
}

impl<F: ?Sized + 'static> Listeners<F> {
    pub(crate) fn new() -> Self {
        Self { slots: Rc::new(RefCell::new(Slots { next: 0, listeners: OrderedMap::new() })) }
    }

    pub(crate) fn add(&self, listener: Rc<F>) -> Subscription {
        let mut slots = self.slots.borrow_mut();
        let number = slots.next;
        slots.next += 1;
        slots.listeners.insert(number, listener);
        let slots: Weak<_> = Rc::downgrade(&self.slots);
        Subscription {
            cancel: Some(Box::new(move || {
                // The listener is dropped outside the borrow: what it owns may unsubscribe others.
                let _gone = slots.upgrade().and_then(|slots| slots.borrow_mut().listeners.remove(&number));
            })),
        }
    }

    /// Calls every listener that is registered when its turn comes. Listeners may come and go meanwhile.
    pub(crate) fn each(&self, mut call: impl FnMut(&F)) {
        let numbers: Vec<u64> = self.slots.borrow().listeners.keys().copied().collect();
        for number in numbers {
            let listener = self.slots.borrow().listeners.get(&number).cloned();
            if let Some(listener) = listener {
                call(&listener);
            }
        }
    }

    /// Forgets every listener.
    pub(crate) fn clear(&self) {
        let _gone = std::mem::take(&mut self.slots.borrow_mut().listeners);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_dropped_subscription_is_not_called_even_when_it_ends_in_the_middle_of_a_round() {
        let listeners: Rc<Listeners<dyn Fn()>> = Rc::new(Listeners::new());
        let second: Rc<RefCell<Option<Subscription>>> = Rc::default();
        let calls = Rc::new(Cell::new(0));
        let _first = listeners.add(Rc::new({
            let second = second.clone();
            move || drop(second.borrow_mut().take())
        }));
        *second.borrow_mut() = Some(listeners.add(Rc::new({
            let calls = calls.clone();
            move || calls.set(calls.get() + 1)
        })));
        listeners.each(|listener| listener());
        assert_eq!(calls.get(), 0);
    }
}
