//! One window of the program, and what is seen in it.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use copilot_core::Intent;
use copilot_core::model::{Role, Turn};
use copilot_core::view::{Delivery, MessageRow};
use copilot_runtime::{App, Handle, Platform, SignInForm, SignInView, Stage, Subscription};
use tokio::sync::Notify;

use crate::world::World;

/// Ends a story that hangs; nothing is measured by it.
const HANGS: Duration = Duration::from_secs(120);

/// A window.
pub struct Window {
    /// The program in it.
    pub app: App,
    changed: Rc<Notify>,
    _stages: Subscription,
}

impl Window {
    /// Opens the program on a platform. Belongs into a local task set.
    #[must_use]
    pub fn on(platform: Platform) -> Self {
        let app = App::start(platform);
        let changed = Rc::new(Notify::new());
        let drawn: Rc<RefCell<Option<Subscription>>> = Rc::default();
        let watch = {
            let (app, changed) = (app.clone(), changed.clone());
            move || {
                if let Stage::Open(handle) = app.stage() {
                    let changed = changed.clone();
                    *drawn.borrow_mut() = Some(handle.subscribe(move |_| changed.notify_one()));
                }
                changed.notify_one();
            }
        };
        watch();
        let stages = app.on_stage(watch);
        Self { app, changed, _stages: stages }
    }

    /// Waits until a look at the window gives something.
    pub async fn until<T>(&self, what: &str, look: impl Fn() -> Option<T>) -> T {
        loop {
            if let Some(seen) = look() {
                return seen;
            }
            let change = tokio::time::timeout(HANGS, self.changed.notified()).await;
            assert!(change.is_ok(), "never seen: {what}. On screen: {}", self.describe());
        }
    }

    /// Waits for an open account.
    pub async fn opened(&self) -> Handle {
        self.until("an open account", || match self.app.stage() {
            Stage::Open(handle) => Some(handle),
            _ => None,
        })
        .await
    }

    /// Waits for a sign-in screen.
    pub async fn sign_in_view(&self, what: &str, fits: impl Fn(&SignInView) -> bool) -> SignInView {
        self.until(what, || match self.app.stage() {
            Stage::SignIn(view) if fits(&view) => Some(view),
            _ => None,
        })
        .await
    }

    /// Makes an account and opens it.
    pub async fn register(&self, world: &World, username: &str) -> Handle {
        self.app.sign_in(form(world, username, true));
        self.opened().await
    }

    /// Signs in.
    pub async fn sign_in(&self, world: &World, username: &str) -> Handle {
        self.app.sign_in(form(world, username, false));
        self.opened().await
    }

    /// Waits until a message of the open case is delivered so.
    pub async fn delivered(
        &self,
        handle: &Handle,
        text: &str,
        what: &str,
        fits: impl Fn(&Delivery) -> bool,
    ) -> Delivery {
        self.until(what, || delivery(handle, text).filter(|delivery| fits(delivery))).await
    }

    /// Waits until a message of the open case has its answer.
    pub async fn answered(&self, handle: &Handle, question: &str) -> Vec<MessageRow> {
        self.until("an answer", || {
            let rows = rows(handle);
            let asked = rows.iter().position(|row| row.role == Role::User && &*row.text == question)?;
            let answer = rows.get(asked + 1)?;
            let there =
                answer.role == Role::Assistant && answer.thinking.is_none() && !answer.text.is_empty();
            there.then_some(rows)
        })
        .await
    }

    fn describe(&self) -> String {
        match self.app.stage() {
            Stage::Starting => "starting".to_owned(),
            Stage::SignIn(view) => format!("{view:?}"),
            Stage::Open(handle) => handle.read(|view| format!("{:?} {:#?}", view.status(), rows(&handle))),
        }
    }
}

/// What a person fills in.
#[must_use]
pub fn form(world: &World, username: &str, register: bool) -> SignInForm {
    SignInForm { server: world.url(), username: username.to_owned(), password: String::new(), register }
}

/// Says something in the open case, or in a new one.
pub fn say(handle: &Handle, text: &str) {
    let case = handle.read(|view| view.open().cloned());
    handle.dispatch(Intent::Submit { case, turns: vec![Turn::say(text)] });
}

/// The rows of the open case.
#[must_use]
pub fn rows(handle: &Handle) -> Vec<MessageRow> {
    handle.read(|view| {
        let Some(case) = view.open() else { return Vec::new() };
        view.transcript(case).iter().filter_map(|key| view.message(case, key)).collect()
    })
}

/// How far the person's message with this text is.
#[must_use]
pub fn delivery(handle: &Handle, text: &str) -> Option<Delivery> {
    rows(handle).into_iter().find(|row| row.role == Role::User && &*row.text == text).map(|row| row.delivery)
}
