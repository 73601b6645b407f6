//! Maps and sets in the order of their keys, in little code: [`OrderedMap`] and [`OrderedSet`].
//!
//! `BTreeMap` is compiled anew for every pair of types, several kilobytes each, and the panel has dozens: 144 KB of code.
//! These do the same work in 19 KB. They have the names of the standard library for what the program needs of it, iterate
//! in the same order and hash to the same value. Left out: whatever nobody here calls.
//!
//! Entries stand in chunks of a few dozen. Finding is two binary searches; coming and going move the entries of one
//! chunk, and with every few dozen of them the list of chunks. That is as fast as a tree for the tens of thousands of
//! entries of a large account; millions that come in random order are better kept in a tree.

mod iter;
mod map;
mod set;
#[cfg(test)]
mod tests;

pub use iter::Iter;
pub use map::{Entry, OrderedMap};
pub use set::{Members, OrderedSet};
