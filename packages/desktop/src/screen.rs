//! What happens around the program: the window comes to the front and goes away; the server it was started for.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use copilot_core::{Lifecycle, Link};
use copilot_runtime::ports::{Signal, Surroundings};

use crate::calls::Calls;
use crate::options::ServerLink;

/// Where this program runs.
pub(crate) struct Screen {
    signals: Calls<Signal>,
    origin: Option<String>,
    token: RefCell<Option<String>>,
    focused: Cell<bool>,
    shown: Cell<bool>,
}

impl Screen {
    pub(crate) fn new(server: Option<ServerLink>) -> Self {
        let (origin, token) = match server {
            Some(ServerLink { address, token }) => (Some(address.as_str().to_owned()), token),
            None => (None, None),
        };
        Self {
            signals: Calls::default(),
            origin,
            token: RefCell::new(token),
            focused: Cell::new(false),
            shown: Cell::new(true),
        }
    }

    /// The window got the keyboard, or lost it.
    pub(crate) fn focused(&self, focused: bool) {
        self.focused.set(focused);
    }

    /// The page can be seen, or no longer.
    pub(crate) fn shown(&self, shown: bool) {
        if self.shown.replace(shown) != shown {
            self.signals.call(Signal::Page(if shown { Lifecycle::Shown } else { Lifecycle::Hidden }));
        }
    }

    /// Whether the person works with this window right now.
    pub(crate) fn is_watched(&self) -> bool {
        self.shown.get() && self.focused.get()
    }
}

/// The same screen for the runtime.
pub(crate) struct OnScreen(pub(crate) Rc<Screen>);

impl Surroundings for OnScreen {
    fn watch(&self, listener: Rc<dyn Fn(Signal)>) -> Box<dyn Any> {
        self.0.signals.add(listener)
    }

    fn link(&self) -> Link {
        Link::Online
    }

    fn origin(&self) -> Option<String> {
        self.0.origin.clone()
    }

    fn take_start_token(&self) -> Option<String> {
        self.0.token.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_change_is_told_and_a_token_is_given_once() {
        let link = copilot_api::ServerAddress::parse("http://127.0.0.1:1").unwrap();
        let screen = Rc::new(Screen::new(Some(ServerLink { address: link, token: Some("st".to_owned()) })));
        let around = OnScreen(screen.clone());
        let heard = Rc::new(RefCell::new(Vec::new()));
        let _watch = around.watch(Rc::new({
            let heard = heard.clone();
            move |signal| heard.borrow_mut().push(signal)
        }));
        for shown in [true, false, false, true] {
            screen.shown(shown);
        }
        assert_eq!(*heard.borrow(), [Signal::Page(Lifecycle::Hidden), Signal::Page(Lifecycle::Shown)]);
        assert_eq!(around.take_start_token().as_deref(), Some("st"));
        assert_eq!(around.take_start_token(), None);
        assert_eq!(around.origin().as_deref(), Some("http://127.0.0.1:1"));
    }
}
