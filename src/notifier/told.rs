//! Remembers which changes of incidents this process has told people of, so that a retry of an
//! invocation, an event that is delivered twice, and two ticks that overlap are not told twice.

use std::{
    collections::{HashSet, VecDeque},
    hash::{DefaultHasher, Hash, Hasher},
};

/// The largest number of changes that are remembered; the oldest are forgotten first. 10,000 are
/// the beginnings and ends of 5,000 incidents, in less than 1 MB.
const MAX_REMEMBERED: usize = 10_000;

/// Changes that people were told of on one way.
#[derive(Debug, Default)]
pub struct Told {
    known: HashSet<u64>,
    oldest_first: VecDeque<u64>,
}

impl Told {
    /// Whether people were told of this change.
    #[must_use]
    pub fn contains(&self, change: &str) -> bool {
        self.known.contains(&digest(change))
    }

    /// Remembers these changes.
    pub fn add<'a>(&mut self, changes: impl IntoIterator<Item = &'a str>) {
        for change in changes {
            let digest = digest(change);
            if !self.known.insert(digest) {
                continue;
            }
            self.oldest_first.push_back(digest);
            if self.oldest_first.len() > MAX_REMEMBERED
                && let Some(oldest) = self.oldest_first.pop_front()
            {
                self.known.remove(&oldest);
            }
        }
    }
}

/// Ids are of any length, because they come with the event.
fn digest(change: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    change.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_told_is_known_until_ten_thousand_others_were() {
        let mut told = Told::default();
        told.add(["first", "second", "first"]);
        assert!(told.contains("first") && !told.contains("third"));
        let others: Vec<_> = (0..MAX_REMEMBERED - 1).map(|number| number.to_string()).collect();
        told.add(others.iter().map(String::as_str));
        assert_eq!((told.contains("first"), told.contains("second")), (false, true));
        assert_eq!((told.known.len(), told.oldest_first.len()), (MAX_REMEMBERED, MAX_REMEMBERED));
    }
}
