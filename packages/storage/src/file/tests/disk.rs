//! Full and read-only disks, as small file systems of their own. Needs the right to mount; says so and stops without.

use super::*;

/// A file system of its own, of one size. Only root can make one.
struct Tmpfs(TempDir);

impl Tmpfs {
    fn new(options: &str) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(folder.path()).output();
        match mount {
            Ok(mount) if mount.status.success() => Some(Self(folder)),
            Ok(mount) => {
                println!(
                    "skipped: no file system can be mounted: {}",
                    String::from_utf8_lossy(&mount.stderr).trim()
                );
                None
            }
            Err(error) => {
                println!("skipped: mount cannot be run: {error}");
                None
            }
        }
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("profile")
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_full_disk_refuses_and_keeps_what_it_has_and_goes_on_when_there_is_room() {
    let Some(disk) = Tmpfs::new("size=512k") else { return };
    let store = FileStore::open(disk.path()).unwrap();
    append(&store, [1]).await;
    std::fs::write(disk.0.path().join("filler"), vec![0; 256 * 1024]).unwrap();
    let (big, small, next) = (
        store.append(batch(vec![seen(2), foreign(300 * 1024)])),
        store.append(batch(vec![seen(3)])),
        store.append(batch(vec![seen(4)])),
    );
    assert_eq!(
        (big.await, small.await, next.await),
        (Err(StoreRefusal::Full), Ok(Sequence(2)), Ok(Sequence(3)))
    );

    let mut turn = 4;
    while store.append(batch(vec![seen(turn + 1), foreign(8 * 1024)])).await.is_ok() {
        turn += 1;
    }
    std::fs::remove_file(disk.0.path().join("filler")).unwrap();
    append(&store, [turn + 1]).await;
    drop(store);
    let recovered = FileStore::open(disk.path()).unwrap().recover().await.unwrap();
    assert_eq!(turns(&recovered.records), [1].into_iter().chain(3..=turn + 1).collect::<Vec<_>>());
    assert_eq!(recovered.damage, None);
}

#[tokio::test(flavor = "current_thread")]
async fn a_full_disk_gives_up_the_cache_before_it_refuses_work() {
    use copilot_core::ServerTime;
    use copilot_core::model::{CaseState, RealCase};
    let Some(disk) = Tmpfs::new("size=1m") else { return };
    let store = FileStore::open(disk.path()).unwrap();
    let case = |id: &str, last_activity| RealCase {
        id: RealId::parse(id).unwrap(),
        title: Some("t".repeat(150 * 1024).into()),
        state: CaseState::Inquiry,
        stage: None,
        valid_next: Vec::new(),
        milestones: None,
        current_turn: 1,
        created: ServerTime(0),
        last_activity: ServerTime(last_activity),
        gone: false,
    };
    let cases = [case("oldest", 1), case("newest", 3), case("middle", 2)];
    store.cache(cases.map(|case| CacheWrite::Case(case.into())).into()).await;
    store.append(batch(vec![foreign(400 * 1024)])).await.unwrap();
    for (more, left) in [(300, &["middle", "newest"][..]), (120, &["newest"])] {
        store.append(batch(vec![foreign(more * 1024)])).await.unwrap();
        let kept = store.recover().await.unwrap().cases;
        assert_eq!(kept.iter().map(|case| case.id.as_str()).collect::<Vec<_>>(), left);
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_read_only_disk_is_named_in_the_error() {
    let Some(disk) = Tmpfs::new("size=64k,ro") else { return };
    let refused = FileStore::open(disk.path()).unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable { .. }), "{refused}");
}
