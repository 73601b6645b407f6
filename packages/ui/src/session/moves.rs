//! What people do that is more than one intent: going from case to case, and what happens to a row.
//!
//! Each method ends with the focus where ux §8 wants it.

use std::sync::Arc;

use copilot_core::Intent;
use copilot_core::ids::{CaseKey, MessageKey, OperationId};
use copilot_core::model::CaseState;
use copilot_core::view::Thinking;
use dioxus::prelude::*;

use super::{Dialog, Page, Session, above, put};
use crate::focus::Spot;
use crate::words;

impl Session {
    /// Shows a case, or the empty conversation of a new one.
    pub(crate) fn show(&self, case: Option<CaseKey>) {
        self.keep_draft();
        self.act(Intent::Open(case));
        put(self.page, Page::Conversation);
        put(self.drawer, false);
        put(self.menu, None);
        self.focus(self.start());
    }

    /// Where one begins in a case: with writing, unless a keyboard would come up and cover what is to be read.
    pub(crate) fn start(&self) -> Spot {
        if self.host.keyboard_pops_up() { Spot::Title } else { Spot::Composer }
    }

    /// Opens or closes the drawer; in a wide panel the list is always there and takes the focus.
    pub(crate) fn toggle_cases(&self) {
        let open = *self.drawer.peek();
        if *self.wide.peek() || !open {
            self.open_drawer();
            let current = self.view.open.peek().clone().or_else(|| self.view.first_case());
            self.focus(current.map_or(Spot::Search, Spot::Case));
        } else {
            self.close_drawer();
        }
    }

    pub(crate) fn close_drawer(&self) {
        put(self.drawer, false);
        put(self.menu, None);
        self.go_back();
    }

    /// Shows the list where it is not on screen anyway.
    fn open_drawer(&self) {
        if !*self.wide.peek() {
            self.will_go_back(Spot::Menu);
            put(self.drawer, true);
        }
    }

    /// Before a layer opens: when it closes, the row that has the focus now gets it back, else `otherwise`.
    fn will_go_back(&self, otherwise: Spot) {
        // A layer that takes the place of another one leads back to where that came from.
        if self.dialog.peek().is_none() && !*self.drawer.peek() {
            self.way_back.replace(self.spots.row().unwrap_or(otherwise));
        }
    }

    fn go_back(&self) {
        let back = self.way_back.borrow().clone();
        let is_there = match &back {
            Spot::Message(key) => self.view.transcript.peek().place_of(key).is_some(),
            Spot::Case(key) => *self.wide.peek() && self.handle.read(|view| view.case(key).is_some()),
            _ => true,
        };
        self.focus(if is_there { back } else { Spot::Composer });
    }

    /// Opens a layer. When it is closed, the row that has the focus gets it back, else `back`.
    pub(crate) fn open_layer(&self, dialog: Dialog, back: Spot) {
        self.will_go_back(back);
        put(self.drawer, false);
        put(self.menu, None);
        put(self.dialog, Some(dialog));
    }

    /// Closes the layer on top.
    pub(crate) fn close_layer(&self) {
        put(self.dialog, None);
        self.go_back();
    }

    /// Shows what is known about the open case.
    pub(crate) fn show_details(&self) {
        if self.view.open.peek().is_some() {
            let back = if *self.page.peek() == Page::Conversation { Spot::Details } else { Spot::Back };
            self.open_layer(Dialog::Details, back);
        }
    }

    /// Asks for another state of a case, in the person's words.
    pub(crate) fn set_state(&self, case: &CaseKey, to: CaseState) {
        if let Some(reading) = self.reading() {
            reading.glide_to_end();
        }
        let (_, says) = words::set_state(&to);
        self.act(Intent::SetStatus { case: case.clone(), to, text: Arc::from(says) });
        self.focus(Spot::Composer);
    }

    /// Shows a page in place of the conversation.
    pub(crate) fn show_page(&self, page: Page) {
        self.keep_draft();
        put(self.drawer, false);
        put(self.menu, None);
        put(self.dialog, None);
        put(self.page, page);
        self.focus(if page == Page::Conversation { Spot::Composer } else { Spot::Back });
    }

    /// Puts the cursor into the search field, wherever that is.
    pub(crate) fn search(&self) {
        self.open_drawer();
        self.focus(Spot::Search);
    }

    /// Deletes a case; its neighbour in the list takes the focus.
    pub(crate) fn delete(&self, case: &CaseKey) {
        let neighbour = self.view.neighbour(case);
        put(self.menu, None);
        if self.view.open.peek().as_ref() == Some(case) {
            self.keep_draft();
            self.desk.leave();
        }
        self.act(Intent::Delete(case.clone()));
        if self.view.open.peek().as_ref() == Some(case) {
            self.load_draft();
        }
        self.focus(neighbour.map_or(Spot::Composer, Spot::Case));
    }

    /// Gives up an unsent message; the nearest row that stays takes the focus.
    pub(crate) fn discard(&self, operation: OperationId, key: &MessageKey) {
        let keys = self.view.transcript.peek().clone();
        self.act(Intent::Discard(operation));
        let Some(case) = self.view.open.peek().clone() else { return };
        let at = keys.place_of(key).unwrap_or(0);
        let neighbour = self.handle.read(|view| {
            let mut nearest = keys.from(at).chain((0..at).rev().filter_map(|above| keys.get(above)));
            nearest.find(|other| view.message(&case, other).is_some()).cloned()
        });
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
}
