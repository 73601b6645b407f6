//! Getting in: names, links, addresses, and a server that is not there.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use copilot_core::Link;
use copilot_core::view::AccountStatus;
use copilot_runtime::ports::{Settings, Signal, Surroundings};
use copilot_runtime::{Platform, ServerCheck, SignInError, Stage};
use copilot_storage::LocalFuture;
use serde_json::json;

use crate::world::{World, form, story};

/// A page that was opened by a link with a one-time token.
struct LinkPage {
    origin: String,
    token: Cell<Option<String>>,
    /// What this page has after a reload.
    kept: Rc<RefCell<Option<String>>>,
}

impl Surroundings for LinkPage {
    fn watch(&self, _listener: Rc<dyn Fn(Signal)>) -> Box<dyn std::any::Any> {
        Box::new(())
    }
    fn link(&self) -> Link {
        Link::Online
    }
    fn origin(&self) -> Option<String> {
        Some(self.origin.clone())
    }
    fn take_start_token(&self) -> Option<String> {
        self.token.take()
    }
    fn keep_for_reload(&self, text: Option<&str>) {
        *self.kept.borrow_mut() = text.map(str::to_owned);
    }
    fn kept_for_reload(&self) -> Option<String> {
        self.kept.borrow().clone()
    }
}

fn by_link(world: &World, token: &str) -> Platform {
    page(world, Some(token), &Rc::default())
}

fn page(world: &World, token: Option<&str>, kept: &Rc<RefCell<Option<String>>>) -> Platform {
    let page =
        LinkPage { origin: world.url(), token: Cell::new(token.map(str::to_owned)), kept: kept.clone() };
    Platform { surroundings: Rc::new(page), ..Platform::native(world.data()) }
}

/// A browser that was killed: what it knows has to be fetched first.
struct LateSettings {
    kept: Rc<dyn Settings>,
    loaded: Rc<Cell<bool>>,
}

impl Settings for LateSettings {
    fn load(&self) -> LocalFuture<()> {
        let loaded = self.loaded.clone();
        Box::pin(async move {
            tokio::task::yield_now().await;
            loaded.set(true);
        })
    }
    fn read(&self, key: &str) -> Option<String> {
        self.kept.read(key).filter(|_| self.loaded.get())
    }
    fn write(&self, key: &str, value: &str) -> bool {
        self.kept.write(key, value)
    }
    fn remove(&self, key: &str) -> bool {
        self.kept.remove(key)
    }
}

fn late(platform: Platform) -> Platform {
    let kept = platform.settings.clone();
    Platform { settings: Rc::new(LateSettings { kept, loaded: Rc::default() }), ..platform }
}

#[test]
fn nothing_is_decided_before_the_settings_are_there() {
    story(async |world| {
        let token = world.start_token();
        let opens = async |platform: Platform| {
            world
                .window_on(late(platform), async |window| {
                    assert!(matches!(window.app.stage(), Stage::Starting));
                    let screen = window
                        .until("a screen", || match window.app.stage() {
                            Stage::Starting => None,
                            stage => Some(stage),
                        })
                        .await;
                    let Stage::Open(handle) = screen else { panic!("asked to sign in") };
                    handle.account()
                })
                .await
        };
        let owner = opens(by_link(&world, &token)).await;
        assert_eq!(opens(Platform::native(world.data())).await, owner, "the account of last time");
        assert_eq!(opens(by_link(&world, &token)).await, owner, "a link that was used");
    });
}

#[test]
fn a_start_link_signs_in_and_the_next_start_needs_none() {
    story(async |world| {
        let token = world.start_token();
        let owner =
            world.window_on(by_link(&world, &token), async |window| window.opened().await.account()).await;
        assert_eq!(owner.server, world.url());
        let again = world.window(async |window| window.opened().await.account()).await;
        assert_eq!(again, owner);
    });
}

#[test]
fn a_page_that_is_reloaded_while_its_link_is_exchanged_is_signed_in_and_keeps_nothing_of_the_link() {
    story(async |world| {
        let (token, kept) = (world.start_token(), Rc::default());
        let hangs = json!({ "kind": "hang", "commit": true });
        world.fault_on("/api/v1/auth/token", json!({ "count": 1 }), hangs).await;
        world
            .window_on(page(&world, Some(&token), &kept), async |_| {
                world.when_arrived("/auth/token", 1).await;
            })
            .await;
        assert!(kept.borrow().is_some());
        let owner =
            world.window_on(page(&world, None, &kept), async |window| window.opened().await.account()).await;
        assert_eq!(owner.server, world.url());
        assert_eq!(*kept.borrow(), None);
    });
}

#[test]
fn a_link_in_place_of_the_address_signs_in_once_and_leaves_the_address() {
    story(async |world| {
        let mut link = form(&world, "", false);
        link.server = format!("{}/?token={}", world.url(), world.start_token());
        let owner = world
            .window(async |window| {
                window.app.check_server(&link.server);
                window
                    .sign_in_view("a reachable server", |view| {
                        matches!(view.check, ServerCheck::Reachable { .. })
                    })
                    .await;
                window.app.sign_in(link.clone());
                window.opened().await.account()
            })
            .await;
        assert_eq!(owner.server, world.url());

        let elsewhere = tempfile::tempdir().unwrap();
        world
            .window_on(Platform::native(&elsewhere), async |window| {
                window.app.sign_in(link.clone());
                let view = window.sign_in_view("an error", |view| view.error.is_some()).await;
                assert_eq!(view.error, Some(SignInError::LinkUsed));
                assert_eq!(view.server, world.url());
            })
            .await;
    });
}

#[test]
fn a_used_link_opens_the_account_of_this_device_and_is_an_error_on_another() {
    story(async |world| {
        let token = world.start_token();
        let owner =
            world.window_on(by_link(&world, &token), async |window| window.opened().await.account()).await;
        let again =
            world.window_on(by_link(&world, &token), async |window| window.opened().await.account()).await;
        assert_eq!(again, owner);

        let elsewhere = tempfile::tempdir().unwrap();
        let platform =
            Platform { surroundings: by_link(&world, &token).surroundings, ..Platform::native(&elsewhere) };
        world
            .window_on(platform, async |window| {
                let view = window.sign_in_view("an error", |view| view.error.is_some()).await;
                assert_eq!(view.error, Some(SignInError::LinkUsed));
                assert_eq!(view.server, world.url());
            })
            .await;
    });
}

#[test]
fn a_link_that_could_not_be_used_is_used_when_the_server_is_there() {
    story(async |world| {
        let token = world.start_token();
        world.fault_on("/api/v1/auth/token", json!({ "count": 1 }), json!({ "kind": "drop_request" })).await;
        world
            .window_on(by_link(&world, &token), async |window| {
                let view = window.sign_in_view("an error", |view| view.error.is_some()).await;
                assert_eq!(view.error, Some(SignInError::Unreachable));
                window.app.check_server(&world.url());
                window.opened().await;
            })
            .await;
    });
}

#[test]
fn what_is_wrong_with_a_sign_in_is_said_and_the_form_stays() {
    story(async |world| {
        world
            .window(async |window| {
                window.app.sign_in(form(&world, "nobody.here", false));
                let view = window.sign_in_view("an error", |view| view.error.is_some()).await;
                assert_eq!(view.error, Some(SignInError::UnknownUser));
                assert_eq!((view.username.as_str(), view.busy), ("nobody.here", false));

                window.app.sign_in(form(&world, "x", true));
                let view = window
                    .sign_in_view("a bad name", |view| {
                        matches!(view.error, Some(SignInError::BadName { .. }))
                    })
                    .await;
                assert_eq!(view.username, "x");

                let mut address = form(&world, "maria.ortiz", false);
                address.server = "localhost".to_owned();
                window.app.sign_in(address);
                let view = window.sign_in_view("an address error", |view| view.server == "localhost").await;
                assert_eq!(view.error, Some(SignInError::Address));
            })
            .await;
    });
}

#[test]
fn a_name_that_is_taken_is_said() {
    story(async |world| {
        world
            .window(async |window| {
                window.register(&world, "maria.ortiz").await;
                window.app.sign_out();
                window.app.sign_in(form(&world, "maria.ortiz", true));
                let view = window.sign_in_view("an error", |view| view.error.is_some()).await;
                assert_eq!(view.error, Some(SignInError::NameTaken));
            })
            .await;
    });
}

#[test]
fn an_address_is_told_apart_from_silence_and_from_nonsense() {
    story(async |world| {
        world
            .window(async |window| {
                let checked = async |address: &str| {
                    window.app.check_server(address);
                    let settled = |check| !matches!(check, ServerCheck::Checking | ServerCheck::NotChecked);
                    window.sign_in_view("a verdict", |view| settled(view.check)).await.check
                };
                let here = checked(&world.url()).await;
                assert!(
                    matches!(here, ServerCheck::Reachable { supports_registration: true, .. }),
                    "{here:?}"
                );
                assert_eq!(checked("not an address").await, ServerCheck::Unreachable);
                world.server_down().await;
                assert_eq!(checked(&world.url()).await, ServerCheck::Unreachable);
            })
            .await;
    });
}

#[test]
fn an_account_whose_tokens_died_stays_readable_and_goes_on_after_signing_in_again() {
    story(async |world| {
        world
            .window(async |window| {
                let handle = window.register(&world, "maria.ortiz").await;
                // Longer than any refresh token lives.
                world.clock.advance(60 * 24 * 3600 * 1000);
                crate::world::say(&handle, "still there");
                window
                    .until("signed out", || {
                        handle.read(|view| view.status().account == AccountStatus::SignedOut).then_some(())
                    })
                    .await;
                assert_eq!(
                    crate::world::rows(&handle).first().map(|row| row.text.to_string()),
                    Some("still there".into())
                );
                handle.sign_in_again("");
                window.answered(&handle, "still there").await;
                assert_eq!(handle.read(|view| view.status().account), AccountStatus::SignedIn);
            })
            .await;
    });
}
