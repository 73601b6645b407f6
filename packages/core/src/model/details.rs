//! What a case holds beside its messages: the problem, the milestones, hypotheses, evidence, files.
//!
//! Read when somebody looks at it, never stored: the server works it out anew at every turn.

use serde::{Deserialize, Serialize};

use std::sync::Arc;

use crate::time::ServerTime;

/// The details of a case. What the server did not say is absent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct CaseDetails {
    /// What is broken.
    pub problem: Option<Arc<str>>,
    /// How bad it is, in the server's word.
    pub severity: Option<Arc<str>>,
    /// Who is affected and how.
    pub impact: Option<Arc<str>>,
    /// Since when.
    pub since: Option<ServerTime>,
    /// What the assistant does now.
    pub agent_status: Option<Arc<str>>,
    /// The milestones of the investigation, in their order.
    pub milestones: Vec<Milestone>,
    /// Possible causes, as the server orders them.
    pub hypotheses: Vec<Hypothesis>,
    /// What was found.
    pub evidence: Vec<Evidence>,
    /// What was uploaded.
    pub files: Vec<CaseFile>,
    /// The cause, once it is known.
    pub root_cause: Option<Arc<str>>,
    /// What solved it.
    pub solution: Option<Arc<str>>,
}

/// A milestone of an investigation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Milestone {
    /// Its name.
    pub name: Arc<str>,
    /// How far it is.
    pub state: MilestoneState,
}

/// How far a milestone is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MilestoneState {
    /// Reached.
    Done,
    /// Worked on.
    InProgress,
    /// Not begun.
    NotStarted,
}

/// A possible cause.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Hypothesis {
    /// The server's id of it.
    pub id: Arc<str>,
    /// What it says.
    pub text: Arc<str>,
    /// How likely it is, in percent.
    pub likelihood: Option<u8>,
    /// How far it is tested, in the server's word.
    pub state: Arc<str>,
    /// Pieces of evidence for or against it.
    pub evidence: u32,
    /// Why it was ruled out, if it was.
    pub refuted_because: Option<Arc<str>>,
}

/// A piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Evidence {
    /// What it says.
    pub summary: Arc<str>,
    /// Where it is from.
    pub source: Option<Arc<str>>,
    /// The turn in which it came.
    pub turn: Option<u32>,
}

/// An uploaded file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CaseFile {
    /// The server's id of it.
    pub id: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Its size in bytes.
    pub bytes: u64,
    /// The turn in which it came.
    pub turn: Option<u32>,
    /// How far its analysis is, in the server's word.
    pub state: Arc<str>,
    /// What was found in it.
    pub summary: Option<Arc<str>>,
}
