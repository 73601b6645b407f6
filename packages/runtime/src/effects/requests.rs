//! Open requests: started, answered once, or dropped.

use std::cell::RefCell;
use std::rc::Rc;

use copilot_core::Event;
use copilot_core::ordered::OrderedMap;
use copilot_core::request::{Outcome, Request, RequestId};
use copilot_storage::LocalFuture;

use super::Inbox;
use crate::ports::Executor;
use crate::tasks::{OwnedTask, spawn_owned};

/// Exchanges requests for outcomes on behalf of one account.
pub(crate) trait Exchange {
    /// Sends a request. Dropping the future stops waiting; what has left, has left.
    fn exchange(&self, request: Request) -> LocalFuture<Outcome>;
}

type Open = Rc<RefCell<OrderedMap<RequestId, OwnedTask>>>;

pub(super) struct Requests {
    executor: Rc<dyn Executor>,
    exchange: Rc<dyn Exchange>,
    inbox: Inbox,
    open: Open,
}

impl Requests {
    pub(super) fn new(executor: Rc<dyn Executor>, exchange: Rc<dyn Exchange>, inbox: Inbox) -> Self {
        Self { executor, exchange, inbox, open: Open::default() }
    }

    pub(super) fn send(&self, id: RequestId, request: Request) {
        let (answer, inbox) = (self.exchange.exchange(request), self.inbox.clone());
        let open = Rc::downgrade(&self.open);
        let task = spawn_owned(&self.executor, async move {
            let outcome = answer.await;
            // Gone when the engine was closed: a late answer changes nothing.
            let Some(open) = open.upgrade() else { return };
            let _answered = open.borrow_mut().remove(&id);
            inbox.deliver(Event::Answered(id, outcome));
        });
        self.open.borrow_mut().insert(id, task);
    }

    pub(super) fn abort(&self, id: RequestId) {
        self.open.borrow_mut().remove(&id);
    }
}
