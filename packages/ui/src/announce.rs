//! What assistive technology is told, and when: one thing at a time, at least 500 ms apart, equal
//! kinds merged into one sentence with a count (ux §10).
//!
//! A queue, no elements: `live` puts its sentences into the two hidden regions.

use std::collections::VecDeque;

use crate::words;

/// Shortest time between two announcements, in milliseconds (ux §10).
pub(crate) const GAP_MS: u32 = 500;

/// Something to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Saying {
    /// The server has this many messages more.
    Sent(u32),
    /// A message waits because there is no route.
    WaitingOffline,
    /// FaultMaven works on an answer.
    AnswerStarted,
    /// An answer is complete.
    AnswerComplete,
    /// The server can be reached again, and this many messages go out.
    BackOnline(u32),
    /// Nothing waits any more.
    AllSent,
    /// Something was removed and can be brought back.
    Undoable(&'static str),
    /// This many rows came below the reader.
    NewBelow(u32),
    /// A message was not sent, and why.
    NotSent(String),
    /// The account must sign in.
    SignedOut,
    /// The device has no room.
    StorageFull,
    /// This many bytes were freed on the device.
    Freed(u64),
    /// Whether this window keeps what is done in it from now on.
    Saves(bool),
    /// A title or a state changed here and elsewhere.
    Conflict(&'static str),
}

impl Saying {
    /// Whether it interrupts.
    pub(crate) const fn is_alert(&self) -> bool {
        matches!(self, Self::NotSent(_) | Self::SignedOut | Self::StorageFull | Self::Conflict(_))
    }

    /// The sentence.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Sent(count) => words::said_sent(*count),
            Self::WaitingOffline => words::SAID_WAITING_OFFLINE.to_owned(),
            Self::AnswerStarted => words::SAID_ANSWER_STARTED.to_owned(),
            Self::AnswerComplete => words::SAID_ANSWER_COMPLETE.to_owned(),
            Self::BackOnline(count) => words::said_back_online(*count),
            Self::AllSent => words::ALL_SENT.to_owned(),
            Self::Undoable(text) => (*text).to_owned(),
            Self::NewBelow(count) => words::said_new_below(*count),
            Self::NotSent(reason) => words::said_not_sent(reason),
            Self::SignedOut => words::SAID_SIGNED_OUT.to_owned(),
            Self::StorageFull => words::STORAGE_FULL_SHORT.to_owned(),
            Self::Saves(true) => words::SAVES_AGAIN.to_owned(),
            Self::Saves(false) => words::STILL_NOT_SAVED.to_owned(),
            Self::Freed(bytes) => words::freed(*bytes),
            Self::Conflict(text) => (*text).to_owned(),
        }
    }

    /// One saying for two, if they are of one kind.
    fn merged(&self, newer: &Self) -> Option<Self> {
        match (self, newer) {
            (Self::Sent(a), Self::Sent(b)) => Some(Self::Sent(a + b)),
            (Self::NewBelow(_), Self::NewBelow(_)) | (Self::BackOnline(_), Self::BackOnline(_)) => {
                Some(newer.clone())
            }
            // Whoever has not heard of the beginning needs no more than the end.
            (Self::AnswerStarted, Self::AnswerComplete) => Some(newer.clone()),
            (a, b) if a == b => Some(newer.clone()),
            _ => None,
        }
    }
}

/// Sayings that were not said yet.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    waiting: VecDeque<Saying>,
}

impl Queue {
    /// Adds a saying; one of its kind that still waits takes it in.
    pub(crate) fn push(&mut self, saying: Saying) {
        for waiting in &mut self.waiting {
            if let Some(merged) = waiting.merged(&saying) {
                *waiting = merged;
                return;
            }
        }
        self.waiting.push_back(saying);
    }

    /// The next saying: alerts first, then in order.
    pub(crate) fn pop(&mut self) -> Option<Saying> {
        let alert = self.waiting.iter().position(Saying::is_alert).unwrap_or(0);
        self.waiting.remove(alert)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_messages_sent_are_one_sentence() {
        let mut queue = Queue::default();
        for _ in 0..3 {
            queue.push(Saying::Sent(1));
        }
        assert_eq!(queue.pop().unwrap().text(), "3 messages sent");
        assert!(queue.pop().is_none());
    }

    #[test]
    fn an_answer_that_is_there_before_its_beginning_was_said_is_said_once() {
        let mut queue = Queue::default();
        queue.push(Saying::AnswerStarted);
        queue.push(Saying::AnswerComplete);
        assert_eq!(queue.pop(), Some(Saying::AnswerComplete));
        assert_eq!(queue.pop(), None);
    }

    #[test]
    fn what_needs_a_decision_is_said_first() {
        let mut queue = Queue::default();
        queue.push(Saying::AnswerComplete);
        queue.push(Saying::SignedOut);
        assert_eq!(queue.pop(), Some(Saying::SignedOut));
        assert_eq!(queue.pop(), Some(Saying::AnswerComplete));
    }

    #[test]
    fn two_different_failures_are_both_said() {
        let mut queue = Queue::default();
        queue.push(Saying::NotSent("one".into()));
        queue.push(Saying::NotSent("two".into()));
        assert_eq!(queue.pop().unwrap().text(), "Message not sent. one");
        assert_eq!(queue.pop().unwrap().text(), "Message not sent. two");
    }
}
