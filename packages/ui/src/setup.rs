//! What a shell hands to the interface.

use std::rc::Rc;

use copilot_runtime::App;

use crate::host::Host;

/// The program and the abilities of its shell.
#[derive(Clone)]
pub struct Setup {
    /// The program.
    pub app: App,
    /// What the shell can do.
    pub host: Rc<dyn Host>,
}

impl Setup {
    /// Puts both together.
    #[must_use]
    pub fn new(app: App, host: impl Host + 'static) -> Self {
        Self { app, host: Rc::new(host) }
    }
}

impl PartialEq for Setup {
    /// A shell makes one setup and never another one.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.host, &other.host)
    }
}
