//! The port to a server's sign-in page: shows it to the person and brings back where it returned to.
//!
//! What the page is asked and what its answer means is `copilot-api`'s; who signs in with it is `app`'s.

use copilot_storage::LocalFuture;

/// Shows sign-in pages.
pub trait Consent {
    /// Gets ready for one sign-in; `None` where no page can be shown.
    fn prepare(&self) -> LocalFuture<Option<Box<dyn Visit>>>;

    /// Where a page returned to while the program was gone, if this start is such a return. Taken once.
    fn take_return(&self) -> Option<String> {
        None
    }
}

/// One visit to a sign-in page.
pub trait Visit {
    /// The address that the page is to return to.
    fn redirect_uri(&self) -> String;

    /// Shows the page and waits for its return; `None` when the person gave up. On platforms where the
    /// page takes the place of the program this never ends; the next start has the return.
    fn ask(self: Box<Self>, page: &str) -> LocalFuture<Option<String>>;
}
