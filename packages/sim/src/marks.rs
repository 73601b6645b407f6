//! Coverage marks: rare states that a run must have reached, or it proves little.

use std::collections::BTreeMap;

macro_rules! marks {
    ($($(#[doc = $doc:literal])* $name:ident,)*) => {
        /// A rare state.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Mark { $($(#[doc = $doc])* $name,)* }

        impl Mark {
            /// Every mark.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
        }
    };
}

marks! {
    /// A turn was sent again under its key.
    RetriedTurn,
    /// The server answered a key from its receipt.
    Replayed,
    /// A request arrived after the client had given it up.
    LateArrival,
    /// It arrived after its key had expired.
    HoursLate,
    /// An answer was cut off in the middle.
    CutAnswer,
    /// A gateway answered in place of the server.
    Gateway,
    /// A creation was answered with a case that is another's.
    Collision,
    /// A list held rows that no client can have made.
    FoulRow,
    /// The network delivered a request twice.
    DuplicateArrival,
    /// A turn's first attempt was still running when the next one came.
    InProgress,
    /// The server had run a turn and no longer had its answer.
    AnswerGone,
    /// A list was read to find out about a message whose key may have expired.
    Verified,
    /// The same, of a server that keeps no keys.
    VerifiedWithoutKeys,
    /// The server was asked for a text.
    Searched,
    /// A case whose creation was in doubt was found in the list.
    Adopted,
    /// A receipt expired before the client knew.
    KeyExpired,
    /// A turn was accepted with 202 and answered.
    JobAnswered,
    /// A job ended without an answer.
    JobFailed,
    /// A window closed its gate for more than two minutes.
    LongGate,
    /// A window closed its gate for less.
    ShortGate,
    /// The token was renewed while operations waited.
    TokenRenewed,
    /// The session was renewed while operations waited.
    SessionRenewed,
    /// An account was signed out with work in the queue.
    SignedOutWithWork,
    /// The person signed in again.
    SignedInAgain,
    /// A login page was met.
    Portal,
    /// A route was lost with work in the queue.
    OfflineWithWork,
    /// An append found no room and the text was given back.
    GivenBack,
    /// A fact found no room and was written later.
    WrittenLater,
    /// A write of an epoch that was over was refused.
    Fenced,
    /// The lease went to another window because its holder stood still.
    LeaseStolen,
    /// The lease went to another window because its holder died.
    LeaseInherited,
    /// A window missed a message and read the journal back.
    ReadBack,
    /// The journal was compacted.
    Compacted,
    /// A window died with appends on their way, and some of them survived.
    SurvivedCrash,
    /// A window died with appends on their way, and some of them did not.
    LostInCrash,
    /// A window died between two effects of one step.
    DiedMidStep,
    /// All windows died at once, with a torn journal.
    TornJournal,
    /// A window started on a journal with work in it.
    RecoveredWork,
    /// A stored record was damaged and the rest was salvaged.
    Damaged,
    /// The store was removed under the windows that used it.
    StoreGone,
    /// A newer program wrote a record of a kind that this one does not know.
    ForeignRecord,
    /// A snapshot kept such a record.
    ForeignCompacted,
    /// A window was loaded again with work in the queue.
    Reloaded,
    /// The person signed out, and in again, with work in the queue.
    SignedOutAndIn,
    /// The device slept with work in the queue.
    Slept,
    /// The wall clock jumped back while something was pending.
    ClockBack,
    /// The wall clock jumped forward while something was pending.
    ClockForward,
    /// A message waited for a case that the server did not know yet.
    WaitedForCase,
    /// A message stood behind one that was not sent.
    Blocked,
    /// A message was sent in spite of one before it.
    SentAnyway,
    /// What waited behind a failed message was sent in spite of it.
    SentTheRest,
    /// A server named a case because the person asked.
    Named,
    /// A server found no name for a case.
    NotNamed,
    /// A change of state was taken back before it left.
    StatusUndone,
    /// A change of state gave way to another one.
    StatusSuperseded,
    /// A state changed on both sides.
    StatusTorn,
    /// A copy of what was replaced was put back, or let go.
    Restored,
    /// A message was taken back into the composer.
    Edited,
    /// A message was discarded.
    Discarded,
    /// A discard was taken back.
    DiscardUndone,
    /// A turn was given up along with another one of the same message.
    GivenUpAsOne,
    /// It was taken back along with it.
    TakenBackAsOne,
    /// A deletion was taken back.
    DeleteUndone,
    /// A case was deleted on the server.
    Deleted,
    /// A case was deleted that the server never heard of.
    Annihilated,
    /// A server refused to delete.
    NotDeleted,
    /// The person stopped waiting for an answer.
    Stopped,
    /// An unsent title gave way to a newer one.
    TitleSuperseded,
    /// A title was refused.
    TitleRefused,
    /// A title changed on both sides.
    TitleTorn,
    /// The person kept their own title.
    KeptMine,
    /// The person took the other title.
    TookTheirs,
    /// Two windows asked about one title that changed on both sides.
    TornInTwoWindows,
    /// An answer was shown that the server never lists.
    NeverListed,
    /// An answer was shown while its row was not in the list.
    EchoOutlivesList,
    /// A row was shown as only here.
    OnlyHere,
    /// An answer was shown whose question the server lists without it.
    AnswerMissing,
    /// A row was bound by its text alone.
    BoundByText,
    /// Two windows had work of one case in the queue.
    TwoWindowsOneCase,
    /// A follower's message was sent by another window.
    SentForAnother,
    /// Another client's turn stood between this client's.
    ForeignTurn,
    /// A case was closed while something was on its way.
    TerminalCase,
    /// A case was gone when something was to be sent.
    CaseGone,
    /// A message's row said that it is being checked.
    Checking,
    /// A message was stopped, and nothing proved that it had arrived.
    StoppedUnproved,
    /// Nothing told in the end whether a message had arrived, and its row said so.
    Unresolved,
    /// A message's automatic tries were used up.
    TriesUsedUp,
    /// A list had more pages.
    Paged,
    /// The last cached rows of a case came before the others.
    EndShownFirst,
    /// The calm phase had to try something again.
    RetriedInCalm,
}

/// How often each mark was reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks(BTreeMap<Mark, u64>);

impl Marks {
    /// Counts a mark.
    pub fn hit(&mut self, mark: Mark) {
        *self.0.entry(mark).or_default() += 1;
    }

    /// How often a mark was reached.
    #[must_use]
    pub fn count(&self, mark: Mark) -> u64 {
        self.0.get(&mark).copied().unwrap_or(0)
    }

    /// Adds those of another run.
    pub fn add(&mut self, other: &Self) {
        for (mark, count) in &other.0 {
            *self.0.entry(*mark).or_default() += count;
        }
    }

    /// Marks that were never reached.
    #[must_use]
    pub fn missing(&self) -> Vec<Mark> {
        Mark::ALL.iter().copied().filter(|mark| self.count(*mark) == 0).collect()
    }
}
