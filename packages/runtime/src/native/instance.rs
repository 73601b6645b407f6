//! One program per data folder. A second start asks the first to bring its window forward, and ends.
//!
//! ```text
//! <data>/instance.lock   held for as long as the program runs; the system lets go of it in a crash
//! <data>/instance        port on the loopback interface and a password, readable by the owner only
//! ```
//!
//! The password keeps other users of the machine from moving windows around; the only thing that can
//! be asked for is to come forward. What a window does then is the shell's affair.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use super::private;

/// Longest line that is read: a password and its end.
const LINE: u64 = 64;
/// Who connects says its line at once; one who does not must not keep others waiting.
const PATIENCE: Duration = Duration::from_secs(1);
const RAISED: &str = "raised";

/// What a start found.
#[derive(Debug)]
pub enum Start {
    /// Nobody else has the folder; it is this program's until the value is dropped.
    First(Instance),
    /// Another program has the folder. This one should end.
    Second {
        /// Whether the other one brings its window forward. It may be just starting, or ending.
        raised: bool,
    },
}

/// The program that owns a data folder and hears when another one is started.
#[derive(Debug)]
pub struct Instance {
    ending: Arc<AtomicBool>,
    port: u16,
    listener: Option<JoinHandle<()>>,
    _lock: File,
}

impl Instance {
    /// Takes the folder, or asks the program that has it to come forward. `raise` is called from a
    /// thread of its own for every later start.
    ///
    /// # Errors
    /// When the folder cannot be written, or the machine gives no port on its loopback interface.
    pub fn start(data: impl AsRef<Path>, raise: impl Fn() + Send + 'static) -> io::Result<Start> {
        let data = data.as_ref();
        private::make_folder(data)?;
        let lock =
            OpenOptions::new().write(true).create(true).truncate(false).open(data.join("instance.lock"))?;
        let address = data.join("instance");
        match lock.try_lock() {
            Ok(()) => Self::listen(&address, lock, raise).map(Start::First),
            Err(TryLockError::WouldBlock) => Ok(Start::Second { raised: ask(&address).unwrap_or(false) }),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn listen(address: &Path, lock: File, raise: impl Fn() + Send + 'static) -> io::Result<Self> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let (port, password) = (socket.local_addr()?.port(), password()?);
        let ending = Arc::new(AtomicBool::new(false));
        let listener = {
            let (ending, password) = (ending.clone(), password.clone());
            let listen = move || {
                for caller in socket.incoming() {
                    if ending.load(Ordering::Acquire) {
                        return;
                    }
                    // A caller that breaks off is as if it had not called.
                    let _ = caller.and_then(|caller| answer(&caller, &password, &raise));
                }
            };
            std::thread::Builder::new().name("copilot-instance".to_owned()).spawn(listen)?
        };
        // Written last: who reads it finds somebody listening.
        let written = private::replace(address, &format!("{port} {password}\n"));
        let instance = Self { ending, port, listener: Some(listener), _lock: lock };
        written.map(|()| instance)
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::Release);
        // Wakes the thread up, which then sees that it is over.
        let woken = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok();
        if let Some(listener) = self.listener.take().filter(|_| woken) {
            let _ = listener.join();
        }
    }
}

fn password() -> io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    let mut text = String::with_capacity(32);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}

fn line(stream: &TcpStream) -> io::Result<String> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut text = String::new();
    BufReader::new(stream.take(LINE)).read_line(&mut text)?;
    Ok(text.trim_end().to_owned())
}

fn answer(mut caller: &TcpStream, password: &str, raise: &impl Fn()) -> io::Result<()> {
    if line(caller)? == password {
        raise();
        writeln!(caller, "{RAISED}")?;
    }
    Ok(())
}

fn ask(address: &Path) -> io::Result<bool> {
    let text = std::fs::read_to_string(address)?;
    let Some((port, password)) = text.trim_end().split_once(' ') else { return Ok(false) };
    let Ok(port) = port.parse::<u16>() else { return Ok(false) };
    let mut first = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    writeln!(first, "{password}")?;
    Ok(line(&first)? == RAISED)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn first(data: &Path, raise: impl Fn() + Send + 'static) -> Instance {
        match Instance::start(data, raise).unwrap() {
            Start::First(instance) => instance,
            Start::Second { .. } => panic!("the folder is taken"),
        }
    }

    #[test]
    fn a_second_start_raises_the_first_window_and_owns_nothing() {
        let data = tempfile::tempdir().unwrap();
        let (raise, raised) = mpsc::channel();
        let _owner = first(data.path(), move || raise.send(()).unwrap());
        for _ in 0..3 {
            let second = Instance::start(data.path(), || ()).unwrap();
            assert!(matches!(second, Start::Second { raised: true }), "{second:?}");
            raised.recv().unwrap();
        }
    }

    #[test]
    fn a_folder_that_was_let_go_is_taken_by_the_next_start() {
        let data = tempfile::tempdir().unwrap();
        drop(first(data.path(), || ()));
        drop(first(data.path(), || ()));
    }

    #[test]
    fn two_folders_are_two_programs() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let _both = [first(one.path(), || ()), first(other.path(), || ())];
    }

    #[test]
    fn who_does_not_know_the_password_raises_nothing() {
        let data = tempfile::tempdir().unwrap();
        let (raise, raised) = mpsc::channel();
        let owner = first(data.path(), move || raise.send(()).unwrap());
        for guess in ["", "raise", "0123456789abcdef0123456789abcdef", &"x".repeat(10_000)] {
            let mut stranger = TcpStream::connect((Ipv4Addr::LOCALHOST, owner.port)).unwrap();
            // It may have hung up in the middle of a long one.
            let _ = writeln!(stranger, "{guess}");
            assert_ne!(line(&stranger).unwrap_or_default(), RAISED, "{guess}");
        }
        drop(owner);
        assert!(raised.recv().is_err(), "never raised");
    }

    #[test]
    fn an_owner_that_cannot_be_reached_is_said_to_be_so() {
        let data = tempfile::tempdir().unwrap();
        let _owner = first(data.path(), || ());
        for address in ["", "no port", "1 password"] {
            std::fs::write(data.path().join("instance"), address).unwrap();
            let second = Instance::start(data.path(), || ()).unwrap();
            assert!(matches!(second, Start::Second { raised: false }), "{second:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_password_is_for_the_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let data = tempfile::tempdir().unwrap();
        let _owner = first(data.path(), || ());
        let mode = std::fs::metadata(data.path().join("instance")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
