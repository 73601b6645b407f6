//! The file store: one message made durable, and ten thousand found again.

use std::time::{Duration, Instant};

use copilot_core::journal::{Batch, Epoch};
use copilot_core::model::Turn;
use copilot_core::{
    Config, Core, Effect, Entropy, Event, Intent, LeaseEvent, Link, Mono, Now, StoreAck, Wall,
};
use copilot_storage::Store as _;
use copilot_storage::file::FileStore;

use crate::run::Run;

const NOW: Now = Now { wall: Wall(1_790_000_000_000), mono: Mono(1), utc_offset_minutes: 0 };
const CASES: usize = 100;

pub(crate) fn measure(run: &Run) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        append(run).await;
        recover(run).await;
    });
}

/// A core that works offline on a store.
struct Device {
    core: Core,
    store: FileStore,
    /// Acknowledgements that have not come yet are not waited for when many batches are written.
    written: Vec<Batch>,
}

impl Device {
    fn on(store: FileStore) -> Self {
        Self { core: Core::new(Config::default(), Entropy::from_number(1)), store, written: Vec::new() }
    }

    fn step(&mut self, event: Event) {
        let mut effects = Vec::new();
        self.core.step(NOW, event, &mut effects);
        for effect in effects {
            match effect {
                Effect::Append(batch) => self.written.push(batch),
                Effect::AcquireLease => self.step(Event::Lease(LeaseEvent::Granted(Epoch(1)))),
                _ => {}
            }
        }
    }

    /// Makes durable what has been stated, in one group, and tells the core.
    async fn sync(&mut self) {
        loop {
            let batches = std::mem::take(&mut self.written);
            if batches.is_empty() {
                return;
            }
            let appended: Vec<_> =
                batches.into_iter().map(|batch| (batch.id, self.store.append(batch))).collect();
            for (batch, first) in appended {
                let first = first.await.unwrap();
                self.step(Event::Stored(StoreAck::Appended { batch, first }));
            }
        }
    }

    fn say(&mut self, text: &str) {
        let case = self.core.view().open().cloned();
        self.step(Event::Intent(Intent::Submit { case, turns: vec![Turn::say(text)] }));
    }
}

async fn opened(folder: &std::path::Path) -> Device {
    let mut device = Device::on(FileStore::open(folder).unwrap());
    let recovered = device.store.recover().await.unwrap();
    device.step(Event::Boot(recovered));
    device.step(Event::Link(Link::Offline));
    device
}

/// From the intent to the acknowledgement of the disk.
async fn append(run: &Run) {
    let folder = tempfile::tempdir().unwrap();
    let mut device = opened(folder.path()).await;
    let mut times: Vec<Duration> = Vec::new();
    for number in 0..run.either(200, 5) {
        let begun = Instant::now();
        device.say(&format!("message {number}: upstream connect timeout, peer 10.8.14.7"));
        device.sync().await;
        times.push(begun.elapsed());
    }
    run.tell_times("store.append", &times);
}

/// From the files to a core that shows everything.
async fn recover(run: &Run) {
    let operations = run.either(10_000, 500);
    let folder = tempfile::tempdir().unwrap();
    {
        let mut device = opened(folder.path()).await;
        for _ in 0..CASES {
            device.step(Event::Intent(Intent::Open(None)));
            for number in 0..operations / CASES {
                device.say(&format!("message {number}: upstream connect timeout, peer 10.8.14.7"));
            }
        }
        device.sync().await;
    }
    let mut times = Vec::new();
    for _ in 0..run.either(20, 2) {
        let begun = Instant::now();
        let store = FileStore::open(folder.path()).unwrap();
        let recovered = store.recover().await.unwrap();
        let mut core = Core::new(Config::default(), Entropy::from_number(1));
        core.step(NOW, Event::Boot(recovered), &mut Vec::new());
        times.push(begun.elapsed());
        assert!(core.inspect().operations.len() >= operations);
    }
    run.tell_times("store.recovery", &times);
}
