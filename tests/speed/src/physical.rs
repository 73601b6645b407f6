//! What no program can be faster than on this machine: a write that survives power loss, and a way to the server and back.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use crate::run::Run;

/// What one message takes in the journal, roughly.
const BLOCK: [u8; 1024] = [b'x'; 1024];

pub(crate) fn measure(run: &Run) {
    fdatasync(run);
    loopback(run);
}

fn fdatasync(run: &Run) {
    let folder = tempfile::tempdir().unwrap();
    let mut file = File::create(folder.path().join("file")).unwrap();
    run.time("limit.fdatasync", run.either(200, 5), || {
        file.write_all(&BLOCK).unwrap();
        file.sync_data().unwrap();
    });
}

fn loopback(run: &Run) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let echo = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_nodelay(true).unwrap();
        let mut byte = [0];
        while stream.read_exact(&mut byte).is_ok() {
            stream.write_all(&byte).unwrap();
        }
    });
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut byte = [1];
    run.time("limit.loopback", run.either(1_000, 20), || {
        stream.write_all(&byte).unwrap();
        stream.read_exact(&mut byte).unwrap();
    });
    drop(stream);
    echo.join().unwrap();
}
