//! Kills a real process at random moments while it appends and compacts, and looks at what is left.
//!
//! The process is this test program again.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

mod length;
mod matrix;

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use copilot_core::journal::{Batch, BatchId, Epoch, Record, Recovered, Writer};
use copilot_core::{Wall, ids::CaseKey};
use copilot_storage::file::FileStore;
use copilot_storage::{LocalFuture, Store};

/// Names the folder to the killed process.
const FOLDER: &str = "COPILOT_CRASH_FOLDER";

/// Every batch writes its number into this many cases: a batch that is there in part shows.
const CASES: u64 = 3;
/// Batches that wait for their answer at a time.
const IN_FLIGHT: usize = 12;
/// A compaction after every so many batches.
const COMPACT_EVERY: u32 = 25;

fn case(number: u64) -> CaseKey {
    format!("opt_case_1_{number}").parse().unwrap()
}

fn batch(turn: u32) -> Batch {
    let records = (0..CASES).map(|number| Record::Seen { case: case(number), turn }).collect();
    Batch { id: BatchId(u64::from(turn)), records, writer: Writer(1), fence: None }
}

/// What batches up to a turn fold to, in this story.
fn snapshot(turn: u32) -> Vec<Record> {
    vec![Record::Gate { at: Wall(u64::from(turn)), until: Wall(0) }]
}

/// The last batch that is there. Fails when one before it is missing, or one is there in part.
fn last_turn(recovered: &Recovered) -> u32 {
    let gate = |record: &Record| match record {
        Record::Gate { at, .. } => u32::try_from(at.0).ok(),
        _ => None,
    };
    let folded = recovered.records.iter().filter_map(|found| gate(&found.record)).max().unwrap_or(0);
    let mut lasts = (0..CASES).map(|number| {
        let number = case(number);
        let turn = |record: &Record| match record {
            Record::Seen { case, turn } if *case == number => Some(*turn),
            _ => None,
        };
        let turns: Vec<_> = recovered.records.iter().filter_map(|found| turn(&found.record)).collect();
        let expected: Vec<_> = (folded + 1..).take(turns.len()).collect();
        assert_eq!(turns, expected, "batches are missing behind {folded}");
        folded + u32::try_from(turns.len()).unwrap()
    });
    let last = lasts.next().unwrap();
    assert!(lasts.all(|other| other == last), "a batch is there in part");
    last
}

/// Not a test of its own: appends for ever, when it is told where, and says what was acknowledged.
#[tokio::test(flavor = "current_thread")]
async fn the_process_that_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store = FileStore::open(Path::new(&folder)).unwrap();
    let mut turn = last_turn(&store.recover().await.unwrap());
    say("open", turn);
    let mut waiting: VecDeque<(u32, LocalFuture<_>)> = VecDeque::new();
    loop {
        while waiting.len() < IN_FLIGHT {
            turn += 1;
            waiting.push_back((turn, store.append(batch(turn))));
        }
        let (turn, answer) = waiting.pop_front().unwrap();
        let first = answer.await.unwrap();
        say("acknowledged", turn);
        if turn.is_multiple_of(COMPACT_EVERY) {
            drop(store.compact(first.after(CASES), snapshot(turn), Epoch(0)));
        }
    }
}

fn say(what: &str, turn: u32) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{what} {turn}").and_then(|()| out.flush()).unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn what_was_acknowledged_survives_a_kill_at_any_moment() {
    let rounds: u32 = length::long_or(320, 24);
    let folder = tempfile::TempDir::new().unwrap();
    let (dice, mut last) = (RandomState::new(), 0);
    for round in 0..rounds {
        // At most two compactions away, and now and then while the journal is being opened.
        let lines = dice.hash_one(round) % 64;
        let mut killed = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_process_that_is_killed", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(killed.stdout.take().unwrap()).lines().map_while(Result::ok);
        let number = |line: String| line.rsplit(' ').next().and_then(|number| number.parse::<u32>().ok());
        let mut said = said.filter(|line| line.starts_with("open") || line.starts_with("acknowledged"));
        let mut acknowledged = last;
        for _ in 0..lines {
            acknowledged = said.next().and_then(number).unwrap();
        }
        killed.kill().unwrap();
        // What it said before it died counts as well; a last line may be cut short.
        let rest: Vec<_> = said.collect();
        let whole = rest.len().saturating_sub(1);
        acknowledged = rest.into_iter().take(whole).filter_map(number).max().unwrap_or(0).max(acknowledged);
        killed.wait().unwrap();

        let store = FileStore::open(folder.path()).unwrap();
        let recovered = store.recover().await.unwrap();
        last = last_turn(&recovered);
        assert!(last >= acknowledged, "round {round}: {acknowledged} was acknowledged, {last} is there");
        assert!(
            last <= acknowledged + 1 + u32::try_from(IN_FLIGHT).unwrap(),
            "round {round}: more than was asked for"
        );
        assert_eq!(recovered.damage, None, "round {round}");
    }
    assert!(last > 0, "the process never came to append");
    let note = format!("{last} batches written in all");
    matrix::enter("process killed while it appends and compacts", rounds as usize, &note);
}
