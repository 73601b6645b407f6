//! The details of a case: read while somebody looks at them, and again after every turn.

use std::sync::Arc;

use super::Reads;
use crate::core::Core;
use crate::ids::{CaseKey, RealId};
use crate::model::CaseDetails;
use crate::request::{Outcome, Reply};
use crate::view::ViewPatch;

impl Reads {
    pub(crate) fn close_details(&mut self) {
        self.details = None;
        self.details_wanted = false;
    }

    /// A turn was answered: what the server makes of the case may have changed.
    pub(crate) fn details_outdated(&mut self, case: &RealId) {
        self.details_wanted |= self.details.as_ref().is_some_and(|(of, _)| of == case);
    }
}

impl Core {
    pub(crate) fn read_details(&mut self, case: &CaseKey) {
        let Some(real) = self.ledger.real(case) else { return };
        if self.reads.details.as_ref().is_none_or(|(of, _)| *of != real) {
            self.reads.details = Some((real, None));
            self.screen.patch(ViewPatch::Details(case.clone()));
        }
        self.reads.details_wanted = true;
    }

    pub(crate) fn details_answered(&mut self, case: &RealId, outcome: Outcome) {
        // What cannot be read stays as it was; it is asked for again when the server can be reached.
        let Ok(Reply::Details(details)) = outcome else { return };
        if let Some((_, known)) = self.reads.details.as_mut().filter(|(of, _)| of == case) {
            *known = Some(Arc::new(*details));
            self.screen.patch(ViewPatch::Details(self.ledger.key(case)));
        }
    }

    pub(crate) fn details_of(&self, case: &CaseKey) -> Option<&Arc<CaseDetails>> {
        let real = self.ledger.real(case)?;
        self.reads.details.as_ref().filter(|(of, _)| *of == real).and_then(|(_, details)| details.as_ref())
    }
}
