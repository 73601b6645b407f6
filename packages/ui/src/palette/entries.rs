//! What the palette offers: what can be done now, cases, messages.

use copilot_core::Intent;
use copilot_core::ids::{CaseKey, MessageKey};
use copilot_core::view::{Group, LinkStatus};
use dioxus::prelude::*;

use super::rank::{Fit, fit};
use crate::focus::Spot;
use crate::icon::Glyph;
use crate::mirror::GROUPS;
use crate::preferences::Choice;
use crate::session::{Dialog, Page, Renaming, Session, put};
use crate::words;

/// Cases and messages offered at most, each.
const MOST: usize = 6;
/// Titles that are looked at, newest first.
const TITLES: usize = 2000;
/// Places that are looked at for those in messages: titles come first among them.
const HITS: usize = 200;

/// Something that can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    RetryAll,
    TryNow,
    SignIn,
    NewCase,
    Search,
    Details,
    Rename,
    Suggest,
    Pin(bool),
    Resolve,
    Close,
    Export,
    Attach,
    Capture,
    Light,
    Dark,
    System,
    Settings,
    Inspector,
    Shortcuts,
    SignOut,
}

impl Deed {
    const fn line(self) -> (Glyph, &'static str, &'static str) {
        match self {
            Self::RetryAll => (Glyph::Refresh, words::RETRY_ALL, ""),
            Self::TryNow => (Glyph::Refresh, words::TRY_NOW, ""),
            Self::SignIn => (Glyph::Lock, words::SIGN_IN_TO_SEND, ""),
            Self::NewCase => (Glyph::Plus, words::NEW_CASE, "Ctrl ⇧ O"),
            Self::Search => (Glyph::Search, words::SEARCH_CASES, "/"),
            Self::Details => (Glyph::Panel, words::DETAILS_TITLE, "Ctrl I"),
            Self::Rename => (Glyph::Pencil, words::RENAME_CASE, "F2"),
            Self::Suggest => (Glyph::Bolt, words::SUGGEST_TITLE, ""),
            Self::Pin(true) => (Glyph::Pin, words::PIN_CASE, ""),
            Self::Pin(false) => (Glyph::Pin, words::UNPIN_CASE, ""),
            Self::Resolve => (Glyph::Check, words::MARK_RESOLVED, ""),
            Self::Close => (Glyph::Close, words::CLOSE_CASE, ""),
            Self::Export => (Glyph::Download, words::EXPORT_MARKDOWN, ""),
            Self::Attach => (Glyph::Clip, words::ATTACH, "Ctrl U"),
            Self::Capture => (Glyph::Window, words::CAPTURE, ""),
            Self::Light => (Glyph::Sliders, words::THEME_TO_LIGHT, ""),
            Self::Dark => (Glyph::Sliders, words::THEME_TO_DARK, ""),
            Self::System => (Glyph::Sliders, words::THEME_TO_SYSTEM, ""),
            Self::Settings => (Glyph::Sliders, words::SETTINGS, ""),
            Self::Inspector => (Glyph::Pulse, words::INSPECTOR, ""),
            Self::Shortcuts => (Glyph::Info, words::SHORTCUTS, "?"),
            Self::SignOut => (Glyph::SignOut, words::SIGN_OUT, ""),
        }
    }

    /// What makes sense right now; the rest is absent (ux §7).
    fn all(session: &Session) -> Vec<Self> {
        let status = session.view.status.peek().clone();
        let case = session.open_case();
        let next = case.as_ref().map(words::next_states).unwrap_or_default();
        let theme = session.preferences.get(Choice::Theme);
        let mut deeds = Vec::new();
        let mut offer = |when: bool, deed: Self| {
            if when {
                deeds.push(deed);
            }
        };
        offer(case.as_ref().is_some_and(|case| case.not_sent > 0), Self::RetryAll);
        offer(status.link != LinkStatus::Online, Self::TryNow);
        offer(!session.signed_in(), Self::SignIn);
        offer(true, Self::NewCase);
        offer(true, Self::Search);
        offer(case.is_some(), Self::Details);
        offer(case.as_ref().is_some_and(|case| !case.state.is_terminal()), Self::Rename);
        offer(case.as_ref().is_some_and(|case| !case.state.is_terminal()), Self::Suggest);
        if let Some(case) = &case {
            offer(true, Self::Pin(case.group != Group::Pinned));
        }
        offer(next.contains(&copilot_core::model::CaseState::Resolved), Self::Resolve);
        offer(next.contains(&copilot_core::model::CaseState::Closed), Self::Close);
        offer(case.is_some(), Self::Export);
        offer(true, Self::Attach);
        offer(session.host.captures(), Self::Capture);
        offer(theme != "light", Self::Light);
        offer(theme != "dark", Self::Dark);
        offer(!theme.is_empty(), Self::System);
        offer(true, Self::Settings);
        offer(true, Self::Inspector);
        offer(true, Self::Shortcuts);
        offer(true, Self::SignOut);
        deeds
    }
}

/// What a line of the palette stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Target {
    Deed(Deed),
    Case(CaseKey),
    Message(CaseKey, MessageKey),
}

/// A line of the palette.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub target: Target,
    pub glyph: Glyph,
    pub text: String,
    pub aside: String,
    pub keys: &'static str,
    pub fit: Fit,
}

/// What fits, in its three groups, the best first in each.
pub(crate) fn entries(session: &Session, typed: &str) -> [Vec<Entry>; 3] {
    let mut deeds: Vec<Entry> = Vec::new();
    for deed in Deed::all(session) {
        let (glyph, text, keys) = deed.line();
        if let Some(fit) = fit(typed, text) {
            let target = Target::Deed(deed);
            deeds.push(Entry { target, glyph, text: text.to_owned(), aside: String::new(), keys, fit });
        }
    }
    best_first(&mut deeds);
    let mut cases = cases(session, typed);
    best_first(&mut cases);
    cases.truncate(MOST);
    let messages = if typed.trim().chars().count() < 2 { Vec::new() } else { messages(session, typed) };
    [deeds, cases, messages]
}

/// Those that fit alike keep their order.
fn best_first(entries: &mut [Entry]) {
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.fit.score));
}

fn cases(session: &Session, typed: &str) -> Vec<Entry> {
    let open = session.view.open.peek().clone();
    session.handle.read(|view| {
        let keys = GROUPS.iter().flat_map(|group| view.group(*group)).take(TITLES);
        let mut found = Vec::new();
        for key in keys.filter(|key| Some(*key) != open.as_ref()) {
            let Some(row) = view.case(key) else { continue };
            let Some(fit) = fit(typed, &row.title) else { continue };
            let glyph = if row.state.is_terminal() { Glyph::Check } else { Glyph::Circle };
            let aside = row.stage.as_ref().map_or_else(|| words::state(&row.state), words::stage);
            let target = Target::Case(key.clone());
            found.push(Entry { target, glyph, text: row.title.to_string(), aside, keys: "", fit });
            if typed.is_empty() && found.len() == MOST {
                break;
            }
        }
        found
    })
}

fn messages(session: &Session, typed: &str) -> Vec<Entry> {
    session.handle.read(|view| {
        let hits = view.find(typed, HITS).into_iter();
        let in_messages = hits.filter_map(|hit| Some((hit.case, hit.message?, hit.excerpt)));
        let found = in_messages.take(MOST).map(|(case, key, text)| {
            // The marks of Markdown are no words.
            let text = text.replace(['*', '`'], "");
            Entry {
                glyph: Glyph::Quote,
                fit: fit(typed, &text).unwrap_or(Fit { score: 0, marks: Vec::new() }),
                text,
                aside: view.case(&case).map(|row| row.title.to_string()).unwrap_or_default(),
                target: Target::Message(case, key),
                keys: "",
            }
        });
        found.collect()
    })
}

impl Session {
    /// Does what a line of the palette says.
    pub(crate) fn carry_out(&self, target: &Target) {
        self.close_layer();
        match target {
            Target::Case(case) => self.show(Some(case.clone())),
            Target::Message(case, key) => {
                put(self.page, Page::Conversation);
                if self.view.open.peek().as_ref() != Some(case) {
                    self.show(Some(case.clone()));
                }
                if let Some(reading) = self.reading() {
                    reading.go_to(key);
                }
                self.focus(Spot::Message(key.clone()));
            }
            Target::Deed(deed) => self.carry_out_deed(*deed),
        }
    }

    fn carry_out_deed(&self, deed: Deed) {
        let case = self.view.open.peek().clone();
        let theme = |value| self.preferences.set(&self.app, Choice::Theme, value);
        match (deed, case) {
            (Deed::RetryAll, Some(case)) => self.act(Intent::RetryAll(case)),
            (Deed::Details, Some(_)) => self.open_layer(Dialog::Details, Spot::Composer),
            (Deed::Rename, Some(case)) => {
                put(self.page, Page::Conversation);
                put(self.renaming, Some(Renaming { case, in_header: true }));
            }
            (Deed::Suggest, Some(case)) => self.act(Intent::GenerateTitle(case)),
            (Deed::Pin(pinned), Some(case)) => self.act(Intent::Pin { case, pinned }),
            (Deed::Resolve, Some(case)) => self.set_state(&case, copilot_core::model::CaseState::Resolved),
            (Deed::Close, Some(case)) => self.set_state(&case, copilot_core::model::CaseState::Closed),
            (Deed::Export, Some(case)) => self.export_case(&case),
            (Deed::TryNow, _) => self.act(Intent::TryNow),
            (Deed::SignIn, _) => put(self.dialog, Some(Dialog::SignIn)),
            (Deed::NewCase, _) => self.show(None),
            (Deed::Search, _) => self.search(),
            (Deed::Attach, _) => self.pick_files(),
            (Deed::Capture, _) => self.capture_page(),
            (Deed::Light, _) => theme("light"),
            (Deed::Dark, _) => theme("dark"),
            (Deed::System, _) => theme(""),
            (Deed::Settings, _) => self.show_page(Page::Settings),
            (Deed::Inspector, _) => self.show_page(Page::Inspector),
            (Deed::Shortcuts, _) => self.open_layer(Dialog::Shortcuts, Spot::Composer),
            (Deed::SignOut, _) => self.sign_out(false),
            (
                Deed::RetryAll
                | Deed::Details
                | Deed::Rename
                | Deed::Suggest
                | Deed::Pin(_)
                | Deed::Resolve
                | Deed::Close
                | Deed::Export,
                None,
            ) => {}
        }
    }
}
