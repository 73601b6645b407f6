//! Renewals against the real local server, with windows that share credentials and locks.

use copilot_api::{InstallationId, ServerAddress, SignIn};
use copilot_server::{Clock as ServerClock, Options, Running, Server};
use tokio::task::LocalSet;

use super::*;
use crate::bench::Turnstile;
use crate::platform::Platform;

const LIST: Request = Request::ListCases { offset: 0, limit: 10 };

/// A server, one device, and windows that share its credentials and its locks.
struct World {
    _folder: tempfile::TempDir,
    server: Running,
    clock: ServerClock,
    device: Rc<Device>,
    locks: Rc<Turnstile>,
    platform: Platform,
    client: Client,
    profile: ProfileId,
    credentials: Credentials,
}

fn with_a_server(test: impl AsyncFnOnce(&World)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(LocalSet::new().run_until(async {
        let folder = tempfile::tempdir().unwrap();
        let mut options = Options::in_folder(folder.path().join("server"));
        (options.port, options.faults) = (0, true);
        options.clock = ServerClock::manual(1_790_000_000_000);
        let clock = options.clock.clone();
        let server = Server::start(options).await.unwrap();
        let address = ServerAddress::parse(&server.url()).unwrap();
        let client = Client::new(address, InstallationId::random().unwrap());
        let register = SignIn::Register {
            username: "maria.ortiz".to_owned(),
            password: None,
            email: None,
            display_name: None,
        };
        let signed_in = client.sign_in(&register).await.unwrap();
        let profile = ProfileId::of(&server.url(), signed_in.user.id.as_str());
        let platform = Platform::native(folder.path().join("device"));
        let device = Rc::new(Device::new(platform.settings.clone()));
        device.keep_credentials(&profile, &signed_in.credentials);
        let world = World {
            _folder: folder,
            server,
            clock,
            device,
            locks: Rc::default(),
            platform,
            client,
            profile,
            credentials: signed_in.credentials,
        };
        test(&world).await;
    }));
}

impl World {
    fn window(&self) -> Session {
        let ports = SessionPorts {
            device: self.device.clone(),
            clock: self.platform.clock.clone(),
            executor: self.platform.executor.clone(),
            locks: self.locks.clone(),
        };
        Session::new(self.client.clone(), self.profile.clone(), self.credentials.clone(), ports)
    }

    fn let_the_token_run_out(&self) {
        self.clock.advance(16 * 60 * 1000);
    }

    async fn refreshes(&self) -> usize {
        let log = reqwest::get(format!("{}/__faults/log?after=0", self.server.url())).await.unwrap();
        let log: serde_json::Value = log.json().await.unwrap();
        let entries = log["entries"].as_array().unwrap();
        entries.iter().filter(|entry| entry["path"] == "/api/v1/auth/refresh").count()
    }
}

fn class(outcome: Outcome) -> Option<FailureClass> {
    outcome.err().map(|failure| failure.class)
}

#[test]
fn windows_that_are_refused_at_once_renew_once() {
    with_a_server(async |world| {
        let (one, two) = (world.window(), world.window());
        world.let_the_token_run_out();
        assert_eq!(class(one.exchange(LIST).await), Some(FailureClass::TokenRefused));
        assert_eq!(class(two.exchange(LIST).await), Some(FailureClass::TokenRefused));
        let (first, second, third) = futures_util::future::join3(
            one.exchange(Request::RenewToken),
            two.exchange(Request::RenewToken),
            one.exchange(Request::RenewToken),
        )
        .await;
        assert_eq!((first, second, third), (Ok(Reply::Renewed), Ok(Reply::Renewed), Ok(Reply::Renewed)));
        assert_eq!(world.refreshes().await, 1);
        assert_eq!(class(one.exchange(LIST).await), None);
        assert_eq!(class(two.exchange(LIST).await), None);
    });
}

#[test]
fn a_renewal_that_nobody_waits_for_any_more_still_keeps_its_tokens() {
    with_a_server(async |world| {
        let window = world.window();
        world.let_the_token_run_out();
        assert_eq!(class(window.exchange(LIST).await), Some(FailureClass::TokenRefused));
        let mut renewal = window.exchange(Request::RenewToken);
        assert_eq!(crate::tasks::if_ready(&mut renewal), None);
        drop(renewal);
        // The next to ask joins it.
        assert_eq!(window.exchange(Request::RenewToken).await, Ok(Reply::Renewed));
        assert_eq!(world.refreshes().await, 1);
        assert_ne!(world.device.credentials(&world.profile).unwrap(), world.credentials);
    });
}

#[test]
fn a_token_near_its_end_is_renewed_beside_the_request() {
    with_a_server(async |world| {
        let window = world.window();
        let old = Credentials { expires_in: copilot_core::Millis(0), ..world.credentials.clone() };
        window.replace(old);
        assert_eq!(class(window.exchange(LIST).await), None);
        assert_eq!(world.refreshes().await, 1);
        assert_eq!(class(window.exchange(LIST).await), None);
        assert_eq!(world.refreshes().await, 1);
    });
}

#[test]
fn a_dead_refresh_token_is_shown_to_the_server_once() {
    with_a_server(async |world| {
        let window = world.window();
        world.clock.advance(400 * 24 * 3600 * 1000);
        assert_eq!(class(window.exchange(LIST).await), Some(FailureClass::TokenRefused));
        for _ in 0..2 {
            let renewal = window.exchange(Request::RenewToken).await;
            assert_eq!(class(renewal), Some(FailureClass::TokenRefused));
        }
        assert_eq!(world.refreshes().await, 1);
        assert_eq!(world.device.credentials(&world.profile), Some(world.credentials.clone()));
    });
}

#[test]
fn tokens_that_come_after_the_sign_out_are_not_kept() {
    with_a_server(async |world| {
        let window = world.window();
        world.let_the_token_run_out();
        assert_eq!(class(window.exchange(LIST).await), Some(FailureClass::TokenRefused));
        let mut renewal: LocalFuture<Outcome> = Box::pin(window.renew(Renewal::Token));
        assert_eq!(crate::tasks::if_ready(&mut renewal), None);
        world.device.forget_credentials(&world.profile);
        window.close();
        assert_eq!(class(renewal.await), Some(FailureClass::TokenRefused));
        assert_eq!(world.refreshes().await, 1, "it had left before the sign-out");
        assert_eq!(world.device.credentials(&world.profile), None);
    });
}
