//! What a process keeps from one view to the next: the last list of channels, the last durations,
//! and the last picture of each feed. All of it is bounded, and lost with the process.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, SystemTime},
};

use super::{
    picture::{LastPicture, Picture},
    reading::Durations,
    request::View,
};
use crate::feed::{Channel, FeedKey};

/// What was read for another view is used again for so long: turning a page, or opening a channel,
/// costs no new list and no new durations. A dashboard's shortest refresh interval is as long, so a
/// refresh reads anew.
const REUSE_TIME: Duration = Duration::from_secs(10);

/// Base64 of pictures that are kept: the pictures of four full pages. A function of 256 MB has room
/// for it beside a page that is drawn.
const MAX_KEPT_BYTES: usize = 24 * 1024 * 1024;

/// An older picture says nothing about a feed any more.
const MAX_PICTURE_AGE: Duration = Duration::from_hours(1);

/// What a process keeps.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// The view before.
    view: Option<View>,
    list: Option<ChannelList>,
    durations: Option<(SystemTime, Durations)>,
    first_listed: HashMap<String, SystemTime>,
    pictures: HashMap<FeedKey, LastPicture>,
}

/// A list of channels, and when it was made.
#[derive(Clone, Debug)]
pub(super) struct ChannelList {
    pub(super) channels: Arc<[Arc<Channel>]>,
    pub(super) at: SystemTime,
}

/// What a view may use of the one before.
#[derive(Debug, Default)]
pub(super) struct Recent {
    pub(super) list: Option<ChannelList>,
    pub(super) durations: Option<(SystemTime, Durations)>,
}

impl Memory {
    /// What this view, which begins now, may use of the one before. The same view again is a
    /// refresh, and uses nothing.
    pub(super) fn begin(&mut self, view: &View, now: SystemTime) -> Recent {
        let is_recent = |at: SystemTime| match now.duration_since(at) {
            Ok(age) => age < REUSE_TIME,
            // The clock was set back.
            Err(_) => false,
        };
        if self.view.replace(view.clone()).as_ref() == Some(view) {
            return Recent::default();
        }
        let list = self.list.clone().filter(|list| is_recent(list.at));
        let durations = self.durations.clone().filter(|(at, _)| list.is_some() && is_recent(*at));
        Recent { list, durations }
    }

    /// The last list, however old.
    pub(super) fn list(&self) -> Option<ChannelList> {
        self.list.clone()
    }

    /// Keeps a new list, and forgets what belongs to channels that are not in it.
    pub(super) fn keep_list(&mut self, list: ChannelList) {
        let ids: HashSet<&str> = list.channels.iter().map(|channel| &*channel.id).collect();
        self.first_listed.retain(|id, _| ids.contains(&**id));
        for id in &ids {
            self.first_listed.entry((*id).to_owned()).or_insert(list.at);
        }
        self.pictures.retain(|feed, _| ids.contains(&*feed.channel_id));
        self.list = Some(list);
    }

    /// When each channel was first in a list.
    pub(super) fn first_listed(&self) -> HashMap<String, SystemTime> {
        self.first_listed.clone()
    }

    /// Keeps the durations of a view that read them at this time.
    pub(super) fn keep_durations(&mut self, at: SystemTime, durations: Durations) {
        self.durations = Some((at, durations));
    }

    /// Adds what was read later for the same view.
    pub(super) fn add_durations(&mut self, more: Durations) {
        if let Some((_, durations)) = &mut self.durations {
            durations.extend(more);
        }
    }

    /// Keeps the pictures of a page, the newest of each feed, and as many as there is room for.
    pub(super) fn keep_pictures<'a>(
        &mut self,
        pictures: impl Iterator<Item = (&'a FeedKey, &'a Picture)>,
        now: SystemTime,
    ) {
        for (feed, picture) in pictures {
            if let Picture::Jpeg { base64, age } = picture {
                let taken = age.and_then(|age| now.checked_sub(age)).unwrap_or(now);
                let last = LastPicture { base64: Arc::clone(base64), taken };
                self.pictures.insert(feed.clone(), last);
            }
        }
        let is_young = |last: &LastPicture| match now.duration_since(last.taken) {
            Ok(age) => age <= MAX_PICTURE_AGE,
            Err(_) => true,
        };
        self.pictures.retain(|_, last| is_young(last));
        self.make_room();
    }

    /// Forgets the oldest pictures until the others are within the limit.
    fn make_room(&mut self) {
        let mut newest_first: Vec<_> = self
            .pictures
            .iter()
            .map(|(feed, last)| (last.taken, feed.clone(), last.base64.len()))
            .collect();
        newest_first.sort_unstable_by(|one, other| other.cmp(one));
        let mut bytes = 0;
        for (_, feed, length) in newest_first {
            bytes += length;
            if bytes > MAX_KEPT_BYTES {
                self.pictures.remove(&feed);
            }
        }
    }

    /// The last pictures of these feeds.
    pub(super) fn pictures(&self, feeds: &[FeedKey]) -> Vec<Option<LastPicture>> {
        feeds.iter().map(|feed| self.pictures.get(feed).cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::Pipeline;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000 + seconds)
    }

    fn list(ids: &[&str], seconds: u64) -> ChannelList {
        let channels = ids.iter().map(|id| Arc::new(Channel::named(id, "News"))).collect();
        ChannelList { channels, at: at(seconds) }
    }

    fn page(page: usize) -> View {
        View { page, ..View::default() }
    }

    #[test]
    fn another_page_uses_what_was_read_within_ten_seconds_and_a_refresh_does_not() {
        let mut memory = Memory::default();
        assert!(memory.begin(&page(1), at(0)).list.is_none());
        memory.keep_list(list(&["1"], 0));
        memory.keep_durations(at(0), Durations::default());
        let turned = memory.begin(&page(2), at(9));
        assert!(turned.list.is_some() && turned.durations.is_some());
        assert!(memory.begin(&page(2), at(9)).list.is_none(), "a refresh");
        assert!(memory.begin(&page(1), at(10)).list.is_none(), "too old");
    }

    #[test]
    fn a_channel_is_known_since_it_was_first_listed_without_a_break() {
        let mut memory = Memory::default();
        for (ids, seconds) in [(&["1", "2"][..], 0), (&["1"], 60), (&["1", "2"], 120)] {
            memory.keep_list(list(ids, seconds));
        }
        let expected = [("1", 0), ("2", 120)].map(|(id, seconds)| (id.to_owned(), at(seconds)));
        assert_eq!(memory.first_listed(), expected.into());
    }

    #[test]
    fn pictures_are_kept_within_the_limit_and_for_an_hour() {
        let mut memory = Memory::default();
        let feed = |id: u64| FeedKey::new(&id.to_string(), Pipeline::Zero);
        let age = Some(Duration::ZERO);
        for number in 0..5 {
            let base64 = "A".repeat(MAX_KEPT_BYTES / 4).into();
            let picture = Picture::Jpeg { base64, age };
            memory.keep_pictures([(&feed(number), &picture)].into_iter(), at(number));
        }
        let is_kept = |memory: &Memory| {
            let feeds: Vec<_> = (0..5).map(feed).collect();
            memory.pictures(&feeds).iter().map(Option::is_some).collect::<Vec<_>>()
        };
        assert_eq!(is_kept(&memory), [false, true, true, true, true]);
        memory.keep_pictures([(&feed(9), &Picture::NotServed)].into_iter(), at(3_602));
        assert_eq!(is_kept(&memory), [false, false, true, true, true]);
        memory.keep_list(list(&["4"], 3_602));
        assert_eq!(is_kept(&memory), [false, false, false, false, true]);
    }
}
