//! Whom to call back, until they no longer want it.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

type Call<T> = Rc<dyn Fn(T)>;
type Numbered<T> = Vec<(u64, Call<T>)>;

/// A list of calls. Cheap to clone; all clones are the same list.
pub(crate) struct Calls<T> {
    list: Rc<RefCell<Numbered<T>>>,
    next: Rc<Cell<u64>>,
}

impl<T> Clone for Calls<T> {
    fn clone(&self) -> Self {
        Self { list: self.list.clone(), next: self.next.clone() }
    }
}

impl<T> Default for Calls<T> {
    fn default() -> Self {
        Self { list: Rc::default(), next: Rc::default() }
    }
}

impl<T: Clone + 'static> Calls<T> {
    /// Adds a call, which stays until the result is dropped.
    pub(crate) fn add(&self, call: Rc<dyn Fn(T)>) -> Box<dyn Any> {
        let number = self.next.get();
        self.next.set(number + 1);
        self.list.borrow_mut().push((number, call));
        Box::new(Place { calls: self.clone(), number })
    }

    /// Calls all; one that is added or goes meanwhile is no trouble.
    pub(crate) fn call(&self, with: T) {
        let all: Vec<_> = self.list.borrow().iter().map(|(_, call)| call.clone()).collect();
        for call in all {
            call(with.clone());
        }
    }
}

struct Place<T> {
    calls: Calls<T>,
    number: u64,
}

impl<T> Drop for Place<T> {
    fn drop(&mut self) {
        self.calls.list.borrow_mut().retain(|(number, _)| *number != self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_lets_go_is_not_called_again() {
        let calls = Calls::default();
        let heard = Rc::new(Cell::new(0));
        let [first, second] = [1, 10].map(|weight| {
            let heard = heard.clone();
            calls.add(Rc::new(move |times: i32| heard.set(heard.get() + times * weight)))
        });
        calls.call(2);
        assert_eq!(heard.get(), 22);
        drop(first);
        calls.call(1);
        assert_eq!(heard.get(), 32);
        drop(second);
        calls.call(1);
        assert_eq!(heard.get(), 32);
    }
}
