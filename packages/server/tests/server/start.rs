//! Starting on what is there: taken ports, bad folders, bad databases, another server.

use copilot_server::{Server, StartError};

use crate::support::{World, options};

fn damage(folder: &std::path::Path) -> Vec<u8> {
    let file = folder.join("data/copilot.db");
    let mut bytes = std::fs::read(&file).unwrap();
    for byte in bytes.iter_mut().skip(100).step_by(3) {
        *byte = byte.wrapping_add(91);
    }
    std::fs::write(&file, &bytes).unwrap();
    bytes
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let mut second = options(folder.path());
    second.port = world.server.addr().port();
    let error = Server::start(second).await.unwrap_err();
    assert!(matches!(error, StartError::PortTaken { port, .. } if port == world.server.addr().port()));
    assert!(error.to_string().contains("--port"));
}

#[tokio::test]
async fn a_file_where_the_folder_should_be_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("data"), "in the way").unwrap();
    let error = Server::start(options(folder.path())).await.unwrap_err();
    assert!(matches!(error, StartError::Folder { .. }), "{error}");
    assert!(error.to_string().contains("--data"));
    assert_eq!(std::fs::read_to_string(folder.path().join("data")).unwrap(), "in the way");
}

#[tokio::test]
async fn a_corrupt_database_is_left_alone_until_it_is_to_be_set_aside() {
    let world = World::new().await;
    let case = world.new_case().await;
    world.ask(&case, "key-00000001", "Is this still there after the damage?").await;
    let World { folder, server, .. } = world;
    server.shutdown().await;
    let damaged = damage(folder.path());
    let error = Server::start(options(folder.path())).await.unwrap_err();
    assert!(matches!(error, StartError::Corrupt { .. }), "{error}");
    assert!(error.to_string().contains("--set-aside-corrupt"));
    assert_eq!(std::fs::read(folder.path().join("data/copilot.db")).unwrap(), damaged);

    let mut willing = options(folder.path());
    willing.set_aside_corrupt = true;
    Server::start(willing).await.unwrap().shutdown().await;
    let kept = std::fs::read_dir(folder.path().join("data"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.file_name().unwrap().to_str().unwrap().starts_with("copilot.db.corrupt-"))
        .unwrap();
    assert_eq!(std::fs::read(kept).unwrap(), damaged);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_corrupt_too() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    std::fs::write(
        folder.path().join("data/copilot.db"),
        "this was never a database, and it is long enough to tell",
    )
    .unwrap();
    let error = Server::start(options(folder.path())).await.unwrap_err();
    assert!(matches!(error, StartError::Corrupt { .. }), "{error}");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone() {
    let World { folder, server, .. } = World::new().await;
    server.shutdown().await;
    let db = rusqlite::Connection::open(folder.path().join("data/copilot.db")).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    let error = Server::start(options(folder.path())).await.unwrap_err();
    assert!(matches!(error, StartError::Newer { found: 99, .. }), "{error}");
}

#[tokio::test]
async fn two_servers_never_share_a_folder() {
    let world = World::new().await;
    let error = Server::start(options(world.folder.path())).await.unwrap_err();
    assert!(matches!(error, StartError::FolderInUse { .. }), "{error}");
    world.new_case().await;
}

#[tokio::test]
async fn a_web_folder_without_a_page_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = options(folder.path());
    wrong.web = Some(folder.path().join("nothing"));
    let error = Server::start(wrong).await.unwrap_err();
    assert!(matches!(error, StartError::Web { .. }), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn the_data_folder_belongs_to_its_user_only() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new().await;
    let mode = std::fs::metadata(world.folder.path().join("data")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}
