//! From the command line to the window.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;

use copilot_runtime::{Instance, Platform, Start};
use tracing_subscriber::EnvFilter;

use crate::error::Error;
use crate::geometry::Geometry;
use crate::keeping::{Counted, UnderWay};
use crate::options::Options;
use crate::screen::{OnScreen, Screen};
use crate::shell::Shell;
use crate::surface::Surface;
use crate::window;

/// What is logged unless told otherwise. The renderer takes the tasks of the runtime for a component that outlives
/// others, and warns of what they change in debug builds.
const LOGGED: &str = "warn,dioxus_signals=error";

/// Runs the program. Returns only when no window was opened: success when another program with the same data came
/// forward instead. With a window the process ends when that is closed, with exit code 0.
#[must_use]
pub fn run(surface: Surface) -> ExitCode {
    let options = Options::read(surface);
    start_logging();
    match start(surface, options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn start_logging() {
    let filter = EnvFilter::try_from_env("COPILOT_LOG").unwrap_or_else(|_| EnvFilter::new(LOGGED));
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter).init();
}

fn start(surface: Surface, options: Options) -> Result<(), Error> {
    let data = options.data.or_else(|| default_folder(surface)).ok_or(Error::NoFolder)?;
    let (raise, raised) = tokio::sync::mpsc::unbounded_channel();
    let folder = |cause| Error::Folder { path: data.clone(), cause };
    let raise = move || {
        // A window that is already gone needs no raising.
        let _ = raise.send(());
    };
    let started = Instance::start(&data, raise).map_err(folder)?;
    let instance = match started {
        Start::First(instance) => instance,
        Start::Second { raised: true } => return Ok(()),
        Start::Second { raised: false } => return Err(Error::Busy { path: data }),
    };
    // Before anything is opened that has no way to say this in words.
    #[cfg(target_os = "linux")]
    gtk::init().map_err(|_| Error::NoScreen)?;
    let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Error::Threads)?;
    let screen = Rc::new(Screen::new(options.server));
    let under_way = UnderWay::default();
    let native = platform(&data);
    let platform = Platform {
        stores: Rc::new(Counted { stores: native.stores.clone(), under_way: under_way.clone() }),
        surroundings: Rc::new(OnScreen(screen.clone())),
        ..native
    };
    if options.reset_window {
        Geometry::forget(&platform.settings);
    }
    let geometry = Geometry::kept(&platform.settings);
    let shell = Shell::new(surface, data, platform, under_way, screen, geometry);
    window::open(Rc::new(shell), geometry, raised, instance, &threads)
}

fn default_folder(surface: Surface) -> Option<PathBuf> {
    directories::BaseDirs::new().map(|folders| folders.data_dir().join(surface.name()))
}

#[cfg(feature = "keyring")]
fn platform(data: &Path) -> Platform {
    Platform::with_keyring(data)
}

#[cfg(not(feature = "keyring"))]
fn platform(data: &Path) -> Platform {
    Platform::native(data)
}
