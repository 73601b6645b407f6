//! What every adapter promises of confirmed rows.

use std::sync::Arc;

use copilot_core::ids::RealId;
use copilot_core::model::{Action, ActionKind, CaseState, RealCase, RealMessage, Role};
use copilot_core::view::{Attachment, CachedMessage};
use copilot_core::{CacheWrite, ServerTime, Wall};

use super::{append, open_now, recovered, turns};
use crate::store::{CachedEnd, LocalFuture, Store, StoreError};

pub(super) async fn run<S: Store>(open: &impl Fn(&str) -> LocalFuture<Result<S, StoreError>>) {
    the_cache_gives_back_what_it_was_given(open).await;
    a_forgotten_case_is_gone_with_its_messages(open).await;
    many_cases_are_as_they_were_written_last(open).await;
    the_last_rows_of_a_case_are_at_hand(open).await;
    a_row_that_the_server_has_moved_is_there_once(open).await;
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

fn a_message(case: &str, id: &str, text: &str) -> CacheWrite {
    a_row(case, id, (Some(1), 3), text)
}

fn a_row(case: &str, id: &str, stands: (Option<u32>, u64), text: &str) -> CacheWrite {
    message(case, row(id, stands, text))
}

fn message(case: &str, row: CachedMessage) -> CacheWrite {
    CacheWrite::Message { case: real(case), row: Arc::new(row) }
}

fn row(id: &str, (turn, created): (Option<u32>, u64), text: &str) -> CachedMessage {
    CachedMessage {
        key: copilot_core::ids::MessageKey::of_server(&real(id)),
        message: RealMessage {
            id: real(id),
            role: Role::Assistant,
            text: text.into(),
            turn,
            created: ServerTime(created),
        },
        arrival: 0,
        sent: None,
        attachment: None,
        actions: Vec::new(),
    }
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

async fn many_cases_are_as_they_were_written_last<S: Store>(
    open: &impl Fn(&str) -> LocalFuture<Result<S, StoreError>>,
) {
    let store = open_now(open, "many").await;
    let write = async |store: &S, numbers: std::ops::Range<u32>, title: &str| {
        let cases = numbers.map(|number| a_case(&format!("case-{number}"), &format!("{number:04} {title}")));
        store.cache(cases.collect()).await;
    };
    let titled = |numbers: std::ops::Range<u32>, title: &str| {
        numbers.map(|number| format!("{number:04} {title}")).collect::<Vec<_>>()
    };
    write(&store, 0..700, "at first").await;
    store.tidy().await;
    assert_eq!(titles(&store).await, titled(0..700, "at first"));
    write(&store, 300..302, "named anew").await;
    write(&store, 700..701, "made since").await;
    let expected = [
        titled(0..300, "at first"),
        titled(300..302, "named anew"),
        titled(302..700, "at first"),
        titled(700..701, "made since"),
    ];
    assert_eq!(titles(&store).await, expected.concat());
    write(&store, 0..701, "changed").await;
    assert_eq!(titles(&store).await, titled(0..701, "changed"));
    store.tidy().await;
    store.tidy().await;
    assert_eq!(titles(&store).await, titled(0..701, "changed"));
    store.cache(vec![CacheWrite::Forget(real("case-0"))]).await;
    assert_eq!(titles(&store).await, titled(1..701, "changed"));
    write(&store, 1..2, "last").await;
    store.tidy().await;
    drop(store);
    let store = open_now(open, "many").await;
    assert_eq!(titles(&store).await, [titled(1..2, "last"), titled(2..701, "changed")].concat());
}

/// Rows of one case: more than a store has at hand before the others. A prime, so that multiples stand in another order.
const ROWS: u32 = 701;
/// More than a screen holds.
const SCREEN: usize = 60;

async fn the_last_rows_of_a_case_are_at_hand<S: Store>(
    open: &impl Fn(&str) -> LocalFuture<Result<S, StoreError>>,
) {
    let store = open_now(open, "end").await;
    assert_eq!(store.load_end(real("long")).await, CachedEnd::All(Vec::new()), "of a case that is not there");
    // Neither written nor named in their order: two rows a turn, the last of no other time than the one before it.
    let row = |index: u32| {
        let stands = (Some(index / 2), u64::from(index - index / (ROWS - 1)));
        a_row("long", &format!("m{}", index * 7 % ROWS), stands, &index.to_string())
    };
    store.cache((0..ROWS).map(|index| row(index * 3 % ROWS)).collect()).await;
    // Its neighbours by name have later rows.
    for other in ["lon", "long-1", "longer"] {
        store.cache(vec![a_row(other, "m1", (Some(9_999), 9_999), other)]).await;
    }
    drop(store);
    let store = open_now(open, "end").await;
    let index = |row: &CachedMessage| row.message.text.parse::<u32>().expect("a row of this case");
    let mut all: Vec<_> = store.load(real("long")).await.iter().map(index).collect();
    all.sort_unstable();
    assert_eq!(all, (0..ROWS).collect::<Vec<_>>());
    let mut last: Vec<_> = match store.load_end(real("long")).await {
        CachedEnd::All(rows) => rows.iter().map(index).collect(),
        CachedEnd::Last(rows) => {
            assert!(rows.len() >= SCREEN && rows.len() < all.len() / 2, "{} rows come first", rows.len());
            rows.iter().map(index).collect()
        }
    };
    last.sort_unstable();
    assert_eq!(last, all[all.len() - last.len()..], "no row that stands later is left out");
    assert_eq!(store.load_end(real("lon")).await, CachedEnd::All(store.load(real("lon")).await));
}

async fn a_row_that_the_server_has_moved_is_there_once<S: Store>(
    open: &impl Fn(&str) -> LocalFuture<Result<S, StoreError>>,
) {
    let store = open_now(open, "moved").await;
    store.cache(vec![a_row("case-1", "1", (None, 3), "one"), a_row("case-1", "2", (None, 4), "two")]).await;
    store.cache(vec![a_row("case-1", "1", (Some(1), 3), "one, numbered")]).await;
    assert_eq!(texts(&store, "case-1").await, ["one, numbered", "two"]);
    let all = store.load(real("case-1")).await;
    assert_eq!(store.load_end(real("case-1")).await, CachedEnd::All(all));
    store.cache(vec![CacheWrite::Forget(real("case-1"))]).await;
    assert!(texts(&store, "case-1").await.is_empty());
}

/// A case of everything: what the server can say again, and what it cannot.
fn of_every_kind(case: &str) -> Vec<CacheWrite> {
    let suggestion = Action { kind: ActionKind::Run, label: "Look".into(), payload: None, intent: None };
    let attachment = Attachment { name: None, bytes: 5, preview: "oops".into() };
    let at = |arrival, id, text| CachedMessage { arrival, ..row(id, (Some(1), 3), text) };
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
