//! The ports of one platform in one bundle, put together by a shell.

use std::rc::Rc;

use crate::consent::Consent;
use crate::ports::{Clock, Entropy, Executor, Locks, Peers, Settings, Stores, Surroundings};

/// Everything that the program needs of the platform it runs on.
#[derive(Clone)]
pub struct Platform {
    /// Runs futures and waits.
    pub executor: Rc<dyn Executor>,
    /// Tells the time.
    pub clock: Rc<dyn Clock>,
    /// Gives randomness.
    pub entropy: Rc<dyn Entropy>,
    /// Opens stores.
    pub stores: Rc<dyn Stores>,
    /// Locks between windows.
    pub locks: Rc<dyn Locks>,
    /// Connects windows.
    pub peers: Rc<dyn Peers>,
    /// Small values of this device.
    pub settings: Rc<dyn Settings>,
    /// Shows sign-in pages of servers.
    pub consent: Rc<dyn Consent>,
    /// Where the program runs.
    pub surroundings: Rc<dyn Surroundings>,
}
