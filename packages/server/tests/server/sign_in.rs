//! Accounts, passwords, the start link, tokens and sessions.

use copilot_server::Clock;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{World, json_of, refusal};

const START: i64 = 1_787_044_324_118;

async fn post(world: &World, path: &str, body: Value) -> reqwest::Response {
    world.bare(Method::POST, path).json(&body).send().await.unwrap()
}

#[tokio::test]
async fn a_name_registers_once_and_signs_in_from_then_on() {
    let world = World::new().await;
    let me = json_of(world.get("/api/v1/auth/me").send().await.unwrap()).await;
    assert_eq!(me["username"], "maria");
    let (status, code, _) =
        refusal(post(&world, "/api/v1/auth/register", json!({"username":"Maria"})).await).await;
    assert_eq!((status, code.as_str()), (409, "USERNAME_TAKEN"));
    let again = json_of(post(&world, "/api/v1/auth/login", json!({"username":"maria"})).await).await;
    assert_eq!(again["user"]["user_id"], me["user_id"]);
    assert_eq!(again["expires_in"], 900);
    let (status, ..) = refusal(post(&world, "/api/v1/auth/login", json!({"username":"nobody"})).await).await;
    assert_eq!(status, 401);
    let (status, _, body) =
        refusal(post(&world, "/api/v1/auth/register", json!({"username":"x"})).await).await;
    assert_eq!((status, &body["detail"][0]["loc"][1]), (422, &json!("username")));
}

#[tokio::test]
async fn a_password_given_at_registration_is_needed_from_then_on() {
    let world = World::new().await;
    let registered =
        post(&world, "/api/v1/auth/register", json!({"username":"piotr","password":"open sesame"})).await;
    assert_eq!(registered.status(), StatusCode::CREATED);
    for (password, status) in [(Value::Null, 401), (json!("wrong"), 401), (json!("open sesame"), 200)] {
        let answer =
            post(&world, "/api/v1/auth/login", json!({"username":"piotr","password":password})).await;
        assert_eq!(answer.status().as_u16(), status);
    }
    let file = world.folder.path().join("data/copilot.db");
    world.server.shutdown().await;
    let bytes = std::fs::read(file).unwrap();
    assert!(bytes.windows(5).any(|window| window == b"piotr"));
    assert!(!bytes.windows(11).any(|window| window == b"open sesame"));
}

#[tokio::test]
async fn the_start_link_opens_the_owners_account_once() {
    let world = World::new().await;
    let token = world.server.start_token().to_owned();
    let wrong = refusal(post(&world, "/api/v1/auth/token", json!({"token":"guess"})).await).await;
    assert_eq!(wrong.0, 401);
    let signed_in = json_of(post(&world, "/api/v1/auth/token", json!({"token":token})).await).await;
    let (status, _, body) = refusal(post(&world, "/api/v1/auth/token", json!({"token":token})).await).await;
    assert_eq!(status, 401);
    assert!(body["detail"].as_str().unwrap().contains("used already"));
    let name = signed_in["user"]["username"].clone();
    let (status, _, body) = refusal(post(&world, "/api/v1/auth/login", json!({"username":name})).await).await;
    assert_eq!(status, 401);
    assert!(body["detail"].as_str().unwrap().contains("link"));

    let world = world.restart(|_| {}).await;
    let token = world.server.start_token().to_owned();
    let again = json_of(post(&world, "/api/v1/auth/token", json!({"token":token})).await).await;
    assert_eq!(again["user"]["user_id"], signed_in["user"]["user_id"]);
}

#[tokio::test]
async fn the_one_who_used_the_start_link_may_repeat_that_for_a_minute_and_nobody_else() {
    let clock = Clock::manual(START);
    let world = World::with(|options| options.clock = clock.clone()).await;
    let token = world.server.start_token().to_owned();
    let link = async |claim: Option<&str>| {
        let given = json!({ "token": token, "claim": claim });
        post(&world, "/api/v1/auth/token", given).await.status()
    };
    let (mine, other) = ("a".repeat(32), "b".repeat(32));
    assert_eq!(link(Some(&mine)).await, StatusCode::OK);
    clock.advance(59_000);
    assert_eq!(link(Some(&other)).await, StatusCode::UNAUTHORIZED);
    assert_eq!(link(None).await, StatusCode::UNAUTHORIZED);
    assert_eq!(link(Some(&mine)).await, StatusCode::OK, "the first answer was lost");
    clock.advance(1_000);
    assert_eq!(link(Some(&mine)).await, StatusCode::UNAUTHORIZED, "counted from the first use");
}

#[tokio::test]
async fn a_further_link_opens_the_owners_account_when_the_first_is_spent_or_too_old() {
    let clock = Clock::manual(START);
    let world = World::with(|options| options.clock = clock.clone()).await;
    let spend = async |token: &str| post(&world, "/api/v1/auth/token", json!({ "token": token })).await;
    let owner = json_of(spend(world.server.start_token()).await).await["user"]["user_id"].clone();
    clock.advance(600_000);
    let link = world.server.links().another().unwrap();
    let token = link.strip_prefix(&format!("{}/?token=", world.server.url())).unwrap();
    assert_eq!(json_of(spend(token).await).await["user"]["user_id"], owner);
    assert_eq!(spend(token).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_claim_that_could_be_guessed_counts_as_none() {
    let world = World::new().await;
    let given = json!({ "token": world.server.start_token(), "claim": "me" });
    assert_eq!(post(&world, "/api/v1/auth/token", given.clone()).await.status(), StatusCode::OK);
    assert_eq!(post(&world, "/api/v1/auth/token", given).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_start_link_is_good_for_ten_minutes() {
    let clock = Clock::manual(START);
    let world = World::with(|options| options.clock = clock.clone()).await;
    clock.advance(600_000);
    let token = world.server.start_token().to_owned();
    let (status, _, body) = refusal(post(&world, "/api/v1/auth/token", json!({"token":token})).await).await;
    assert_eq!(status, 401);
    assert!(body["detail"].as_str().unwrap().contains("10 minutes"));
}

#[tokio::test]
async fn access_tokens_end_after_15_minutes_and_a_refresh_replaces_both() {
    let clock = Clock::manual(START);
    let world = World::with(|options| options.clock = clock.clone()).await;
    let signed_in = json_of(post(&world, "/api/v1/auth/login", json!({"username":"maria"})).await).await;
    clock.advance(900_000);
    let expired = world
        .get("/api/v1/auth/me")
        .bearer_auth(signed_in["access_token"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(expired.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(expired.headers()["www-authenticate"], "Bearer");
    let refresh = json!({"refresh_token": signed_in["refresh_token"]});
    let fresh = json_of(post(&world, "/api/v1/auth/refresh", refresh.clone()).await).await;
    assert_ne!(fresh["refresh_token"], signed_in["refresh_token"]);
    let me = world.bare(Method::GET, "/api/v1/auth/me").bearer_auth(fresh["access_token"].as_str().unwrap());
    assert_eq!(me.send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(refusal(post(&world, "/api/v1/auth/refresh", refresh).await).await.0, 401);
}

#[tokio::test]
async fn signing_out_ends_this_pair_and_says_whether_others_remain() {
    let world = World::new().await;
    json_of(post(&world, "/api/v1/auth/login", json!({"username":"maria"})).await).await;
    let out = json_of(world.post("/api/v1/auth/logout").send().await.unwrap()).await;
    assert_eq!((&out["revoked_tokens"], &out["all_sessions_ended"]), (&json!(1), &json!(false)));
    assert_eq!(world.get("/api/v1/auth/me").send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn tokens_are_stored_in_one_way_form_only() {
    let world = World::new().await;
    let token = world.token.clone();
    let folder = world.folder.path().join("data");
    world.server.shutdown().await;
    let bytes = std::fs::read(folder.join("copilot.db")).unwrap();
    assert!(!bytes.windows(token.len()).any(|window| window == token.as_bytes()));
}

#[tokio::test]
async fn a_session_resumes_by_client_id_lives_by_heartbeats_and_ends_by_silence() {
    let clock = Clock::manual(START);
    let world = World::with(|options| options.clock = clock.clone()).await;
    let wanted = json!({"client_id":"inst-1","timeout_minutes":60,"metadata":{"surface":"side_panel"}});
    let first = json_of(world.post("/api/v1/sessions").json(&wanted).send().await.unwrap()).await;
    assert_eq!((&first["session_resumed"], &first["status"]), (&json!(false), &json!("active")));
    let id = first["session_id"].as_str().unwrap().to_owned();
    let resumed = json_of(world.post("/api/v1/sessions").json(&wanted).send().await.unwrap()).await;
    assert_eq!((&resumed["session_id"], &resumed["session_resumed"]), (&first["session_id"], &json!(true)));

    let beat = world.post(&format!("/api/v1/sessions/{id}/heartbeat"));
    clock.advance(14 * 60_000);
    assert_eq!(beat.try_clone().unwrap().send().await.unwrap().status(), StatusCode::OK);
    let login = json_of(post(&world, "/api/v1/auth/login", json!({"username":"maria"})).await).await;
    let token = login["access_token"].as_str().unwrap();
    clock.advance(14 * 60_000);
    let list = || world.bare(Method::GET, "/api/v1/cases").bearer_auth(token).header("X-Session-Id", &id);
    assert_eq!(list().send().await.unwrap().status(), StatusCode::OK);
    clock.advance(61 * 60_000);
    let login = json_of(post(&world, "/api/v1/auth/login", json!({"username":"maria"})).await).await;
    let token = login["access_token"].as_str().unwrap();
    let over = world
        .bare(Method::GET, "/api/v1/cases")
        .bearer_auth(token)
        .header("X-Session-Id", &id)
        .send()
        .await
        .unwrap();
    assert!(!over.headers().contains_key("www-authenticate"));
    let (status, code, _) = refusal(over).await;
    assert_eq!((status, code.as_str()), (401, "SESSION_EXPIRED"));
    let gone =
        world.bare(Method::POST, "/api/v1/sessions").bearer_auth(token).json(&wanted).send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::GONE);
}

#[tokio::test]
async fn one_user_sees_nothing_of_another() {
    let world = World::new().await;
    let case = world.new_case().await;
    world.ask(&case, "key-00000001", "Why does checkout answer 503?").await;
    let other = world.register("piotr").await["access_token"].as_str().unwrap().to_owned();
    for path in ["", "/messages", "/ui", "/uploaded-files"] {
        let url = format!("/api/v1/cases/{case}{path}");
        let answer = world.bare(Method::GET, &url).bearer_auth(&other).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let list =
        json_of(world.bare(Method::GET, "/api/v1/cases").bearer_auth(&other).send().await.unwrap()).await;
    assert_eq!(list["total_count"], 0);
    let delete = world
        .bare(Method::DELETE, &format!("/api/v1/cases/{case}"))
        .bearer_auth(&other)
        .send()
        .await
        .unwrap();
    assert_eq!(delete.status(), StatusCode::NO_CONTENT);
    assert_eq!(world.messages(&case).await["total_count"], 2);
}
