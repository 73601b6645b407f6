//! A set in the order of its members: the keys of an [`OrderedMap`].

use std::borrow::Borrow;
use std::fmt;
use std::iter::Map;
use std::ops::RangeBounds;

use super::{Iter, OrderedMap};

/// Members in ascending order, from either end.
pub type Members<'a, T> = Map<Iter<'a, T, ()>, fn((&'a T, &'a ())) -> &'a T>;

const fn member<'a, T>((member, ()): (&'a T, &'a ())) -> &'a T {
    member
}

/// A set that iterates in the order of its members.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct OrderedSet<T> {
    members: OrderedMap<T, ()>,
}

impl<T> OrderedSet<T> {
    /// An empty set.
    #[must_use]
    pub const fn new() -> Self {
        Self { members: OrderedMap::new() }
    }

    /// How many members there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The lowest member.
    #[must_use]
    pub fn first(&self) -> Option<&T> {
        self.members.first_key_value().map(|(member, ())| member)
    }

    /// The highest member.
    #[must_use]
    pub fn last(&self) -> Option<&T> {
        self.members.last_key_value().map(|(member, ())| member)
    }

    /// All members, ascending.
    pub fn iter(&self) -> Members<'_, T> {
        self.members.iter().map(member)
    }

    /// Takes all members away.
    pub fn clear(&mut self) {
        self.members.clear();
    }

    /// Takes the lowest member away.
    pub fn pop_first(&mut self) -> Option<T> {
        self.members.pop_first().map(|(member, ())| member)
    }

    /// Keeps the members that `keep` wants.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.members.retain(|member, ()| keep(member));
    }
}

impl<T: Ord> OrderedSet<T> {
    /// Whether it is a member.
    #[must_use]
    pub fn contains<Q: Ord + ?Sized>(&self, member: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.members.contains_key(member)
    }

    /// Adds a member; whether it is new.
    pub fn insert(&mut self, member: T) -> bool {
        self.members.insert(member, ()).is_none()
    }

    /// Takes a member away; whether it was one.
    pub fn remove<Q: Ord + ?Sized>(&mut self, member: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.members.remove(member).is_some()
    }

    /// The members within bounds, ascending.
    pub fn range<Q: Ord + ?Sized, R: RangeBounds<Q>>(&self, bounds: R) -> Members<'_, T>
    where
        T: Borrow<Q>,
    {
        self.members.range(bounds).map(member)
    }
}

impl<T> Default for OrderedSet<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: fmt::Debug> fmt::Debug for OrderedSet<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.iter()).finish()
    }
}

impl<'a, T> IntoIterator for &'a OrderedSet<T> {
    type Item = &'a T;
    type IntoIter = Members<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T> IntoIterator for OrderedSet<T> {
    type Item = T;
    type IntoIter = Map<<OrderedMap<T, ()> as IntoIterator>::IntoIter, fn((T, ())) -> T>;

    fn into_iter(self) -> Self::IntoIter {
        self.members.into_iter().map(|(member, ())| member)
    }
}

impl<T: Ord> Extend<T> for OrderedSet<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, members: I) {
        self.members.extend(members.into_iter().map(|member| (member, ())));
    }
}

impl<T: Ord> FromIterator<T> for OrderedSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(members: I) -> Self {
        Self { members: members.into_iter().map(|member| (member, ())).collect() }
    }
}
