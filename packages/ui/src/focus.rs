//! Where the focus can be sent, by name (ux §8, "Focus").
//!
//! Elements register when they are mounted. A wish is carried out after the page has taken over the
//! changes of the same event, so that it may name something that this event brings about.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use copilot_core::ids::{CaseKey, MessageKey};
use dioxus::prelude::*;

use crate::session::{at_once, put};

/// A place in the panel.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Spot {
    Composer,
    Menu,
    Search,
    Title,
    /// The state of the case in the header.
    State,
    Details,
    /// The way back from a page.
    Back,
    /// The button of a menu on a message.
    More(MessageKey),
    Case(CaseKey),
    Message(MessageKey),
    MenuItem(usize),
    /// The first control of the layer on top.
    LayerStart,
    /// The last one.
    LayerEnd,
}

/// The elements behind the places.
pub(crate) struct Spots {
    mounted: RefCell<HashMap<Spot, Rc<MountedData>>>,
    /// The row that has the focus, if one has it.
    row: RefCell<Option<Spot>>,
    wish: Signal<Option<Spot>>,
}

impl Spots {
    /// To be called inside a hook.
    pub(crate) fn new() -> Self {
        Self { mounted: RefCell::default(), row: RefCell::default(), wish: Signal::new(None) }
    }

    /// An element took its place.
    pub(crate) fn mounted(&self, spot: Spot, element: Rc<MountedData>) {
        let wished = self.wish.peek().as_ref() == Some(&spot);
        self.mounted.borrow_mut().insert(spot, element.clone());
        if wished {
            put(self.wish, None);
            at_once(element.set_focus(true));
        }
    }

    /// An element left its place.
    pub(crate) fn left(&self, spot: &Spot) {
        self.mounted.borrow_mut().remove(spot);
        self.row.borrow_mut().take_if(|row| row == spot);
    }

    /// The focus is in a row now, or in none.
    pub(crate) fn on_row(&self, row: Option<Spot>) {
        self.row.replace(row);
    }

    /// The row that has the focus.
    pub(crate) fn row(&self) -> Option<Spot> {
        self.row.borrow().clone()
    }

    /// The element at a place.
    pub(crate) fn element(&self, spot: &Spot) -> Option<Rc<MountedData>> {
        self.mounted.borrow().get(spot).cloned()
    }

    /// Wishes the focus to a place.
    pub(crate) fn focus(&self, spot: Spot) {
        put(self.wish, Some(spot));
    }

    /// The place that is to have the focus and does not have it yet.
    pub(crate) const fn wish(&self) -> Signal<Option<Spot>> {
        self.wish
    }

    /// Carries the wish out; for an effect of the component that owns the session.
    pub(crate) fn carry_out(&self) {
        let wish = self.wish.read().clone();
        if let Some(element) = wish.and_then(|spot| self.element(&spot)) {
            put(self.wish, None);
            at_once(element.set_focus(true));
        }
    }
}
