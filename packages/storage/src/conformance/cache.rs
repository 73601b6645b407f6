//! What every adapter promises of its cache.

use std::sync::Arc;

use copilot_core::ids::RealId;
use copilot_core::model::{Action, ActionKind, CaseState, RealCase, RealMessage, Role};
use copilot_core::view::{Attachment, CachedMessage};
use copilot_core::{CacheWrite, ServerTime, Wall};

use super::{append, open_now, recovered, turns};
use crate::store::{LocalFuture, Store, StoreError};

pub(super) async fn run<S: Store>(open: &impl Fn(&str) -> LocalFuture<Result<S, StoreError>>) {
    the_cache_gives_back_what_it_was_given(open).await;
    a_forgotten_case_is_gone_with_its_messages(open).await;
    what_is_freed_can_be_fetched_again_and_nothing_else_goes(open).await;
}

fn real(text: &str) -> RealId {
    RealId::parse(text).expect("a server id")
}

fn a_case(id: &str, title: &str) -> CacheWrite {
    CacheWrite::Case(Arc::new(case(id, title)))
}

fn case(id: &str, title: &str) -> RealCase {
    RealCase {
        id: real(id),
        title: Some(title.into()),
        state: CaseState::Inquiry,
        stage: None,
        valid_next: Vec::new(),
        milestones: None,
        current_turn: 1,
        created: ServerTime(1),
        last_activity: ServerTime(2),
        gone: false,
    }
}

fn row(id: &str, text: &str) -> CachedMessage {
    CachedMessage {
        key: copilot_core::ids::MessageKey::of_server(&real(id)),
        message: RealMessage {
            id: real(id),
            role: Role::Assistant,
            text: text.into(),
            turn: Some(1),
            created: ServerTime(3),
        },
        arrival: 0,
        sent: None,
        attachment: None,
        actions: Vec::new(),
    }
}

fn message(case: &str, row: CachedMessage) -> CacheWrite {
    CacheWrite::Message { case: real(case), row: Arc::new(row) }
}

fn a_message(case: &str, id: &str, text: &str) -> CacheWrite {
    message(case, row(id, text))
}

async fn texts(store: &impl Store, case: &str) -> Vec<String> {
    let mut texts: Vec<_> =
        store.load(real(case)).await.iter().map(|row| row.message.text.to_string()).collect();
    texts.sort_unstable();
    texts
}

async fn titles(store: &impl Store) -> Vec<String> {
    let cases = recovered(store).await.cases;
    let mut titles: Vec<_> =
        cases.iter().filter_map(|case| case.title.as_ref()).map(ToString::to_string).collect();
    titles.sort_unstable();
    titles
}

async fn the_cache_gives_back_what_it_was_given<S: Store>(
    open: &impl Fn(&str) -> LocalFuture<Result<S, StoreError>>,
) {
    let store = open_now(open, "cache").await;
    assert!(store.load(real("case-1")).await.is_empty());
    store
        .cache(vec![a_case("case-1", "early"), a_case("CASE-1", "another"), a_message("case-1", "1", "one")])
        .await;
    store.cache(vec![a_message("case-1", "2", "two\nlines"), a_message("CASE-1", "1", "elsewhere")]).await;
    store.cache(vec![a_case("case-1", "late"), a_message("case-1", "1", "one, again")]).await;
    drop(store);
    let store = open_now(open, "cache").await;
    assert_eq!(titles(&store).await, ["another", "late"]);
    assert_eq!(texts(&store, "case-1").await, ["one, again", "two\nlines"]);
    assert_eq!(texts(&store, "CASE-1").await, ["elsewhere"]);
}

async fn a_forgotten_case_is_gone_with_its_messages<S: Store>(
    open: &impl Fn(&str) -> LocalFuture<Result<S, StoreError>>,
) {
    let store = open_now(open, "forget").await;
    store.cache(vec![a_case("a:1", "kept"), a_message("a:1", "1", "kept")]).await;
    store.cache(vec![a_case("a:2", "gone"), a_message("a:2", "1", "gone")]).await;
    store.cache(vec![CacheWrite::Forget(real("a:2"))]).await;
    for _ in 0..2 {
        assert_eq!(
            (titles(&store).await, texts(&store, "a:1").await),
            (vec!["kept".into()], vec!["kept".into()])
        );
        assert!(texts(&store, "a:2").await.is_empty());
    }
    drop(store);
    let store = open_now(open, "forget").await;
    assert_eq!(titles(&store).await, ["kept"]);
    assert!(texts(&store, "a:2").await.is_empty());
    store.cache(vec![a_message("a:2", "2", "anew")]).await;
    assert_eq!(texts(&store, "a:2").await, ["anew"], "a forgotten case can come back, without its past");
}

/// A case of everything: what the server can say again, and what it cannot.
fn of_every_kind(case: &str) -> Vec<CacheWrite> {
    let suggestion = Action { kind: ActionKind::Run, label: "Look".into(), payload: None, intent: None };
    let attachment = Attachment { name: None, bytes: 5, preview: "oops".into() };
    let at = |arrival, id, text| CachedMessage { arrival, ..row(id, text) };
    let rows = [
        CachedMessage { sent: Some(Wall(7)), ..at(0, "1", "asked here") },
        CachedMessage { actions: vec![suggestion.clone()], ..at(1, "2", &"an early answer ".repeat(100)) },
        CachedMessage { attachment: Some(attachment), ..at(2, "3", "sent a file") },
        at(3, "4", &"another answer ".repeat(100)),
        at(4, "5", "asked elsewhere"),
        CachedMessage { actions: vec![suggestion], ..at(5, "6", "the last answer") },
    ];
    rows.map(|row| message(case, row)).into()
}

async fn what_is_freed_can_be_fetched_again_and_nothing_else_goes<S: Store>(
    open: &impl Fn(&str) -> LocalFuture<Result<S, StoreError>>,
) {
    let store = open_now(open, "spare").await;
    assert_eq!((store.spare().await, store.free_spare().await), (0, 0), "of nothing");
    append(&store, [1, 2]).await;
    store.cache([vec![a_case("a:1", "there")], of_every_kind("a:1")].concat()).await;
    let gone = RealCase { gone: true, ..case("a:2", "gone from the server") };
    store.cache([vec![CacheWrite::Case(Arc::new(gone))], of_every_kind("a:2")].concat()).await;
    let whole = texts(&store, "a:2").await;
    assert_eq!(whole.len(), 6);
    let spare = store.spare().await;
    assert!((3_000..6_000).contains(&spare), "three rows of about 3,000 characters: {spare}");
    assert_eq!(store.free_spare().await, spare, "as much as was said");
    let store = {
        drop(store);
        open_now(open, "spare").await
    };
    assert_eq!(texts(&store, "a:1").await, ["asked here", "sent a file", "the last answer"]);
    assert_eq!(texts(&store, "a:2").await, whole, "the server no longer has it");
    assert_eq!(titles(&store).await, ["gone from the server", "there"]);
    assert_eq!(turns(&recovered(&store).await.records), [1, 2], "the journal is not touched");
    assert_eq!((store.spare().await, store.free_spare().await), (0, 0), "there is no more to give up");
    store.cache(of_every_kind("a:1")).await;
    assert_eq!(texts(&store, "a:1").await.len(), 6, "what was fetched again is kept again");
}
