//! Locks and peers of a profile that has one window: every lock is free and there is nobody to tell.
//!
//! True of a process that owns its data folder, and of a window whose data is in memory only.

use std::rc::Rc;

use copilot_core::peer::PeerMessage;
use copilot_storage::LocalFuture;

use crate::account::ProfileId;
use crate::ports::{LockGuard, Locks, PeerLink, Peers};

pub(crate) struct Alone;

impl Locks for Alone {
    fn acquire(&self, _name: &str) -> LocalFuture<LockGuard> {
        Box::pin(std::future::ready(LockGuard::alone()))
    }
}

impl Peers for Alone {
    fn join(&self, _profile: &ProfileId, _hear: Rc<dyn Fn(PeerMessage)>) -> Option<Box<dyn PeerLink>> {
        None
    }
}
