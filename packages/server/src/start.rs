//! Starts and stops a server in this process.
//!
//! The program (`main.rs`) and tests use the same door: [`Server::start`].

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::{App, SIGN_IN_FAILURES};
use crate::assistant::Assistant;
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::connection::{self, Door};
use crate::faults::Faults;
use crate::limits::Limiter;
use crate::metrics::Metrics;
use crate::options::{ACCESS_TOKEN_MIN, Dialect, Options};
use crate::routes;
use crate::secrets;
use crate::start_links::StartLinks;
use crate::store::{self, OpenError, Store};
use crate::turns::jobs;
use crate::turns::queue::TurnQueue;

/// Why a server could not start. Each is one sentence or two: the thing, the cause, the next step.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Another program listens on the port.
    #[error(
        "Port {port} on {address} is taken by another program. Stop that one, or choose another port with --port."
    )]
    PortTaken {
        /// The address that was asked for.
        address: IpAddr,
        /// The port that was asked for.
        port: u16,
    },
    /// The port could not be opened for another reason.
    #[error("Port {port} on {address} can't be opened: {cause}. Choose another port with --port.")]
    Port {
        /// The address that was asked for.
        address: IpAddr,
        /// The port that was asked for.
        port: u16,
        /// What the operating system says.
        cause: io::Error,
    },
    /// A server that is open to a network without a token that keeps strangers out.
    #[error(
        "A server that listens on {address} needs an access token of at least {ACCESS_TOKEN_MIN} characters. Set COPILOT_ACCESS_TOKEN, or leave --listen out to stay on this computer."
    )]
    TokenNeeded {
        /// The address that was asked for.
        address: IpAddr,
    },
    /// Faults on a server that is open to a network: anybody could break it.
    #[error("--faults works on 127.0.0.1 only. Leave --listen out, or --faults.")]
    FaultsExposed,
    /// The data folder can't be created or written.
    #[error("The data folder {} can't be written: {cause}. Make it writable, or choose another one with --data.", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the operating system says.
        cause: io::Error,
    },
    /// Another server works on the same data.
    #[error("The data folder {} is in use by another copilot-server. Stop that one, or choose another folder with --data.", folder.display())]
    FolderInUse {
        /// The folder.
        folder: PathBuf,
    },
    /// The database can't be read.
    #[error(
        "The database {} is corrupt: {cause}. It was left as it is; start once with --set-aside-corrupt to rename it aside and begin with an empty one.",
        file.display()
    )]
    Corrupt {
        /// The database file.
        file: PathBuf,
        /// What the check found.
        cause: String,
    },
    /// The database was written by a newer program.
    #[error(
        "The database {} is from a newer version (format {found}, this program knows {known}). It was left as it is; start the newer copilot-server.",
        file.display()
    )]
    Newer {
        /// The database file.
        file: PathBuf,
        /// Its format number.
        found: i64,
        /// The newest format this program knows.
        known: i64,
    },
    /// The database can't be opened for another reason.
    #[error("The database {} can't be opened: {cause}. Check the folder and its disk, or choose another one with --data.", file.display())]
    Database {
        /// The database file.
        file: PathBuf,
        /// What SQLite says.
        cause: String,
    },
    /// The folder of the web bundle is not one.
    #[error("The web bundle folder {} has no index.html. Build the bundle first, or leave --web out.", folder.display())]
    Web {
        /// The folder.
        folder: PathBuf,
    },
    /// The chosen assistant can't be set up.
    #[error("{0}")]
    Assistant(String),
    /// The operating system gives no random bytes, so no safe tokens.
    #[error("The server can't make safe tokens: {0}. Try again; restart the computer if it stays.")]
    Entropy(String),
}

/// The local server.
#[derive(Debug)]
pub struct Server;

impl Server {
    /// Opens the data folder, binds the port and starts to answer.
    ///
    /// # Errors
    ///
    /// [`StartError`], whose text is meant to be shown.
    pub async fn start(options: Options) -> Result<Running, StartError> {
        if let Some(folder) = options.web.as_ref().filter(|folder| !folder.join("index.html").is_file()) {
            return Err(StartError::Web { folder: folder.clone() });
        }
        if let Some(open) = &options.exposure {
            if !open.address.is_loopback() && open.token.len() < ACCESS_TOKEN_MIN {
                return Err(StartError::TokenNeeded { address: open.address });
            }
            if options.faults {
                return Err(StartError::FaultsExposed);
            }
        }
        let assistant = Assistant::new(&options.assistant).map_err(StartError::Assistant)?;
        let settings = options.clone();
        let (store, blobs) =
            tokio::task::spawn_blocking(move || open_data(&settings)).await.map_err(|error| {
                StartError::Database { file: options.data.clone(), cause: error.to_string() }
            })??;
        let address = options.exposure.as_ref().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |open| open.address);
        let listener = match bind(address, options.port).await {
            Ok(listener) => listener,
            Err(error) => {
                store.close().await;
                return Err(error);
            }
        };
        let addr =
            listener.local_addr().map_err(|cause| StartError::Port { address, port: options.port, cause })?;
        let start_links = Arc::new(StartLinks::default());
        let start_token =
            start_links.issue(options.clock.now()).map_err(|error| StartError::Entropy(error.to_string()))?;
        let links = Links {
            issued: Arc::clone(&start_links),
            clock: options.clock.clone(),
            url: format!("http://{addr}"),
        };
        let app = Arc::new(App {
            store: store.clone(),
            blobs,
            clock: options.clock.clone(),
            assistant,
            queue: TurnQueue::default(),
            job_threshold: options.job_threshold,
            receipt_lifetime: options.receipt_lifetime,
            start_links,
            dialect: options.dialect,
            access_digest: options.exposure.as_ref().map(|open| secrets::token_digest(&open.token)),
            sign_in_limit: Limiter::new(SIGN_IN_FAILURES.0, SIGN_IN_FAILURES.1),
            query_limit: options.query_limit.map(|(count, seconds)| Limiter::new(count, seconds)),
            metrics: Metrics::default(),
        });
        let database = |error: crate::store::StoreError| StartError::Database {
            file: options.data.join(store::FILE_NAME),
            cause: error.to_string(),
        };
        app.tidy().await.map_err(database)?;
        jobs::resume(&app).await.map_err(database)?;
        let door = Door {
            router: routes::router(Arc::clone(&app), options.web.clone()),
            app,
            faults: options.faults.then(|| Arc::new(Faults::new())),
            port: addr.port(),
            exposed: options.exposure.is_some(),
            slashes: options.dialect == Dialect::Queries,
            head_timeout: options.head_timeout,
            read_timeout: options.read_timeout,
        };
        let (stop, stopped) = watch::channel(false);
        let serving = tokio::spawn(connection::serve(listener, door, stopped));
        tracing::info!(%addr, faults = options.faults, "started");
        Ok(Running { addr, start_token, links, stop, serving, store })
    }
}

async fn bind(address: IpAddr, port: u16) -> Result<TcpListener, StartError> {
    TcpListener::bind((address, port)).await.map_err(|cause| match cause.kind() {
        io::ErrorKind::AddrInUse => StartError::PortTaken { address, port },
        _ => StartError::Port { address, port, cause },
    })
}

fn open_data(options: &Options) -> Result<(Store, Blobs), StartError> {
    let folder = &options.data;
    let unwritable = |cause: io::Error| StartError::Folder { folder: folder.clone(), cause };
    prepare_folder(folder).map_err(unwritable)?;
    let blobs = Blobs::open(folder).map_err(unwritable)?;
    let store = match Store::open(folder) {
        Err(OpenError::Corrupt(cause)) if options.set_aside_corrupt => {
            let kept = store::set_aside(folder, options.clock.now().0).map_err(unwritable)?;
            tracing::warn!(cause, kept = %kept.display(), "a corrupt database was set aside");
            Store::open(folder)
        }
        other => other,
    };
    let file = folder.join(store::FILE_NAME);
    let store = store.map_err(|error| match error {
        OpenError::Corrupt(cause) => StartError::Corrupt { file, cause },
        OpenError::Newer { found, known } => StartError::Newer { file, found, known },
        OpenError::InUse => StartError::FolderInUse { folder: folder.clone() },
        OpenError::Other(cause) => StartError::Database { file, cause },
    })?;
    Ok((store, blobs))
}

/// Creates the folder for this user only, and finds out by writing whether it can be written.
fn prepare_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let probe = folder.join(".write-probe");
    std::fs::write(&probe, b"")?;
    std::fs::remove_file(&probe)
}

/// A server that answers.
#[derive(Debug)]
pub struct Running {
    addr: SocketAddr,
    start_token: String,
    links: Links,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
    store: Store,
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The base address, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The one-time token of the start link; good for one sign-in within 10 minutes of the start.
    #[must_use]
    pub fn start_token(&self) -> &str {
        &self.start_token
    }

    /// Further links to sign in with.
    #[must_use]
    pub fn links(&self) -> Links {
        self.links.clone()
    }

    /// Stops accepting, lets open requests finish, ends hanging ones, and closes the database. When this returns, the
    /// folder can be opened again.
    pub async fn shutdown(self) {
        let _ = self.stop.send(true);
        let _ = self.serving.await;
        self.store.close().await;
        tracing::info!("stopped");
    }
}

/// Issues further links to whoever runs the server: for another browser, after signing out, or when the first was not
/// used in time.
#[derive(Debug, Clone)]
pub struct Links {
    issued: Arc<StartLinks>,
    clock: Clock,
    url: String,
}

impl Links {
    /// Another link, good for one sign-in within 10 minutes.
    ///
    /// # Errors
    /// The system has no random numbers to give.
    pub fn another(&self) -> Result<String, StartError> {
        let token = self.issued.issue(self.clock.now());
        let token = token.map_err(|error| StartError::Entropy(error.to_string()))?;
        Ok(format!("{}/?token={token}", self.url))
    }
}
