//! What the parts of the answer are written from: the findings, the names in the log, and what the trouble is called.

use crate::analysis::{Exception, Findings, Template};
use crate::cause::{Cause, Known, known};
use crate::command::Fill;
use crate::entry::NO_SOURCE;
use crate::first::FirstFailure;
use crate::names::{Names, deployment_of};
use crate::trace::names_exception;
use crate::words;

/// Everything that the parts of the answer are written from.
pub(crate) struct Scene<'a> {
    pub(crate) findings: &'a Findings<'a>,
    pub(crate) names: Names,
    pub(crate) known: Option<&'static Known>,
}

impl<'a> Scene<'a> {
    pub(crate) fn of(findings: &'a Findings<'a>) -> Self {
        let known = findings.analysis.first_failure.as_ref().and_then(|first| {
            let entry = findings.entries.get(first.entry)?;
            findings.by_id.get(entry.template as usize)?.cause.and_then(known)
        });
        Self { findings, names: Names::gather(findings), known }
    }

    pub(crate) fn first(&self) -> Option<&'a FirstFailure> {
        self.findings.analysis.first_failure.as_ref()
    }

    pub(crate) fn fill(&self) -> Fill<'_> {
        Fill {
            names: &self.names,
            timeline: &self.findings.timeline,
            at_ms: self.first().and_then(|first| first.at_ms),
        }
    }

    pub(crate) fn show(&self, ms: Option<i64>) -> Option<String> {
        ms.map(|ms| self.findings.timeline.show(ms))
    }

    pub(crate) fn template(&self, first: &FirstFailure) -> Option<&'a Template> {
        self.findings
            .entries
            .get(first.entry)
            .and_then(|entry| self.findings.by_id.get(entry.template as usize))
    }

    /// The service whose line failed first; a pod's random parts are left out.
    pub(crate) fn source(&self) -> Option<String> {
        let entry = self.first().and_then(|first| self.findings.entries.get(first.entry))?;
        let name = if entry.source == NO_SOURCE {
            None
        } else {
            self.findings.sources.get(usize::from(entry.source))
        };
        // The kernel reports; what it killed stands in the words behind.
        let name = name
            .map(String::as_str)
            .filter(|name| *name != "kernel")
            .filter(|name| name.len() <= 60)
            .or(self.names.deployment.as_deref())?;
        let name = deployment_of(name).unwrap_or(name);
        Some(
            crate::redact::redact(
                name.rsplit(['.', '/']).next().filter(|last| last.len() > 1).unwrap_or(name),
            )
            .into_owned(),
        )
    }

    /// The trouble in a few words.
    pub(crate) fn what(&self, first: &FirstFailure) -> String {
        let entry = self.findings.entries.get(first.entry);
        let exception = entry.and_then(|entry| {
            self.findings
                .analysis
                .exceptions
                .iter()
                .find(|exception| entry.exception > 0 && exception.line == entry.line)
        });
        match (self.known, exception) {
            (None | Some(Known { cause: Cause::NilAccess, .. }), Some(exception)) => {
                return exception_name(exception);
            }
            (Some(known), _) => return self.fill().title(known.title),
            (None, None) => {}
        }
        self.template(first).map(|template| template.text.clone()).unwrap_or_default()
    }
}

/// `KeyError in db.py:31`, or `panic in total.go:57` where the runtime has no classes.
fn exception_name(exception: &Exception) -> String {
    let class = exception.root.split(':').next().unwrap_or_default();
    let class = if names_exception(&exception.root) {
        class.rsplit('.').next().unwrap_or(class)
    } else {
        words::PANIC
    };
    let pieces = exception.frame.as_deref().unwrap_or_default().split([' ', '(', ')', '/']);
    let place = pieces.into_iter().find(|piece| {
        piece.split_once(':').is_some_and(|(file, line)| {
            file.contains('.') && line.starts_with(|letter: char| letter.is_ascii_digit())
        })
    });
    match place {
        Some(place) => format!("{class} in {place}"),
        None => class.to_owned(),
    }
}
