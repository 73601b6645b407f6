//! Who answers a turn: the built-in log triage, or a chat endpoint.
//!
//! An assistant reads a conversation and gives a reply; storing it, naming the case and moving its state is the business of
//! `turns`.

mod endpoint;
mod triage;

use crate::options::AssistantChoice;
use crate::refusal::Refusal;
use crate::store::messages::Past;
use crate::wire_types::SuggestedAction;

/// What a turn asks.
#[derive(Clone, Debug)]
pub(crate) struct Conversation {
    /// The user's own words.
    pub(crate) question: String,
    /// The question and everything that came with it.
    pub(crate) text: String,
    /// The log that came last in the case, when nothing comes with this turn.
    pub(crate) earlier_log: Option<String>,
    /// Earlier rows, oldest first.
    pub(crate) history: Vec<Past>,
}

/// What an assistant says.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) markdown: String,
    pub(crate) actions: Vec<SuggestedAction>,
    /// Whether the text held a log.
    pub(crate) found_log: bool,
    /// A name for the case, when the text gives one.
    pub(crate) title: Option<String>,
}

/// The assistant of one server.
#[derive(Clone, Debug)]
pub(crate) enum Assistant {
    Triage,
    Endpoint(endpoint::ChatEndpoint),
}

impl Assistant {
    /// Sets up the chosen assistant. Fails when the endpoint's address is no address.
    pub(crate) fn new(choice: &AssistantChoice) -> Result<Self, String> {
        match choice {
            AssistantChoice::Triage => Ok(Self::Triage),
            AssistantChoice::Endpoint(settings) => endpoint::ChatEndpoint::new(settings).map(Self::Endpoint),
        }
    }

    /// Answers a turn, or says with a code of contract 4.3 why it cannot.
    pub(crate) async fn answer(&self, conversation: Conversation) -> Result<Reply, Refusal> {
        match self {
            Self::Triage => triage::answer(conversation).await,
            Self::Endpoint(endpoint) => endpoint.answer(conversation).await,
        }
    }
}
