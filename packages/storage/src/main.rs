//! The suite that every store runs, as a program for the browser, where the web store is held to it.
//!
//! A page loads it and reads from its own variables how it went: `kept` when every promise holds,
//! `broken` with the sentence of the first that does not. Nothing of this is in the panel.

#[cfg(target_arch = "wasm32")]
fn main() {
    page::run();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("The suite of the stores runs in a browser: cargo xtask test opens it there.");
}

#[cfg(target_arch = "wasm32")]
#[expect(clippy::expect_used, reason = "a test suite stops where a promise is broken, and says which")]
mod page {
    use copilot_core::ids::RealId;
    use copilot_core::journal::{Batch, BatchId, Epoch, Record, Sequence, StoreRefusal, Writer};
    use copilot_core::view::CachedMessage;
    use copilot_storage::conformance::{self, Windows};
    use copilot_storage::web::WebStore;
    use copilot_storage::{CachedEnd, Store as _};
    use js_sys::{Reflect, global};
    use wasm_bindgen_futures::spawn_local;

    fn say(name: &str, what: &str) {
        // A page that cannot be written to shows neither word, which is a failure too.
        let _ = Reflect::set(&global(), &name.into(), &what.into());
    }

    pub(super) fn run() {
        std::panic::set_hook(Box::new(|promise| say("broken", &promise.to_string())));
        spawn_local(async {
            conformance::run(Windows::Many, |name| {
                let profile = format!("suite:{name}");
                Box::pin(async move { WebStore::open(&profile).await })
            })
            .await;
            what_an_earlier_program_left_is_taken_over().await;
            say("kept", "every promise");
        });
    }

    /// The page has made the database of the first layout, with records 7 and 8 and epoch 3, and a window of
    /// epoch 2 that is gone has left an attempt and record 9 in the belt.
    async fn what_an_earlier_program_left_is_taken_over() {
        let store = WebStore::open("suite:earlier").await.expect("the earlier layout is taken over");
        let recovered = store.recover().await.expect("it can be read");
        let turns: Vec<_> = recovered
            .records
            .iter()
            .map(|record| match record.record {
                Record::Seen { turn, .. } => (record.sequence.0, Some(turn), record.fence),
                _ => (record.sequence.0, None, record.fence),
            })
            .collect();
        let expected = [(7, Some(7), None), (8, Some(8), None), (9, Some(9), None)];
        assert_eq!(
            turns, expected,
            "each in its place, and nothing that is for the holder of the lease to say"
        );
        assert_eq!(recovered.next, Sequence(10));
        assert_eq!(store.taken_over(Sequence(9)).await, Sequence(10), "who asks is told of the last one");
        let batch = |fence| Batch { id: BatchId(1), records: Vec::new(), writer: Writer(1), fence };
        assert_eq!(store.append(batch(Some(Epoch(2)))).await, Err(StoreRefusal::Fenced));
        assert_eq!(store.append(batch(Some(Epoch(3)))).await, Ok(Sequence(10)), "the epoch is known");
        assert_eq!(store.next_epoch().await, Ok(Epoch(4)));
        its_rows_are_read_and_put_in_order(&store).await;
    }

    /// The page has left 300 rows of a case under their ids; each says its number.
    async fn its_rows_are_read_and_put_in_order(store: &WebStore) {
        let case = || RealId::parse("old").expect("a server id");
        let sorted = |rows: Vec<CachedMessage>| {
            let number = |row: &CachedMessage| row.message.text.parse::<u32>().expect("a number");
            let mut numbers: Vec<_> = rows.iter().map(number).collect();
            numbers.sort_unstable();
            numbers
        };
        let all: Vec<u32> = (0..300).collect();
        assert_eq!(sorted(store.load(case()).await), all);
        let mut asked = 0;
        let last = loop {
            match store.load_end(case()).await {
                CachedEnd::Last(rows) => break sorted(rows),
                CachedEnd::All(rows) => assert_eq!(sorted(rows), all, "none is away while they are moved"),
            }
            asked += 1;
            assert!(asked < 1_000, "they never stood in order");
        };
        assert_eq!(last, all[all.len() - last.len()..]);
        assert_eq!(sorted(store.load(case()).await), all);
    }
}
