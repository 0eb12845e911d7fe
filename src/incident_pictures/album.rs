//! The thumbnails that may become pictures of an incident. Pure, with times as arguments.
//!
//! Of a feed without a fault the latest two are kept: a freeze is recognised by its second picture,
//! so that the latest one may be the first of it. From the beginning of a fault until its incident
//! is raised, the last one before it, the first one and the latest one are kept.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use bytes::Bytes;
use source_detection::{
    Fault, Verdict,
    judge::{Incident, IncidentEvent},
};

use super::name::{IncidentName, Moment, PictureName};
use crate::feed::FeedKey;

/// The share of the budget that pictures may take which wait for being uploaded: a half. While the
/// bucket can't be reached, new incidents still find their pictures.
const WAITING_SHARE: usize = 2;

/// The thumbnails of all feeds, within a budget.
#[derive(Debug)]
pub struct Album {
    feeds: HashMap<FeedKey, FeedPictures>,
    /// Which feed has the picture with a number; numbers ascend with time.
    by_number: BTreeMap<u64, FeedKey>,
    next_number: u64,
    /// What the pictures in `feeds` take, in bytes.
    kept_bytes: usize,
    waiting: VecDeque<WaitingPicture>,
    /// What the pictures in `waiting` take, in bytes.
    waiting_bytes: usize,
    budget: usize,
    /// Pictures that were dropped before they were uploaded, since this was last asked.
    dropped: usize,
}

/// An album that the samples of a round share. Nothing waits while it is locked.
#[derive(Debug)]
pub struct SharedAlbum(Mutex<Album>);

impl SharedAlbum {
    /// Shares an album.
    #[must_use]
    pub fn new(album: Album) -> Self {
        Self(Mutex::new(album))
    }

    /// The album. What a thread that panicked left behind is still an album.
    pub fn lock(&self) -> MutexGuard<'_, Album> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A picture that waits for being uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WaitingPicture {
    /// The key.
    pub(super) name: PictureName,
    /// The JPEG.
    pub(super) jpeg: Bytes,
    /// In how many rounds it could not be uploaded.
    pub(super) failures: u32,
}

#[derive(Debug, Default)]
struct FeedPictures {
    /// Oldest first.
    kept: Vec<KeptPicture>,
    /// The number of the latest picture with the fault of the open incident.
    last_faulty: Option<u64>,
}

#[derive(Clone, Debug)]
struct KeptPicture {
    number: u64,
    taken: SystemTime,
    stamp: Option<SystemTime>,
    jpeg: Bytes,
}

impl Album {
    /// An album whose pictures take at most so many bytes, those that wait included.
    #[must_use]
    pub fn new(budget: usize) -> Self {
        Self {
            feeds: HashMap::new(),
            by_number: BTreeMap::new(),
            next_number: 0,
            kept_bytes: 0,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            budget,
            dropped: 0,
        }
    }

    /// Adds a thumbnail of a feed, taken at `taken` with the time stamp `stamp`. The oldest
    /// pictures give way if there is no room.
    pub fn add(
        &mut self,
        feed: &FeedKey,
        taken: SystemTime,
        stamp: Option<SystemTime>,
        jpeg: Bytes,
    ) {
        if jpeg.len() > self.budget {
            return;
        }
        let number = self.next_number;
        let pictures = self.feeds.entry(feed.clone()).or_default();
        // The same thumbnail again says nothing new.
        let is_again = |last: &KeptPicture| stamp.is_some() && last.stamp == stamp;
        if pictures.kept.last().is_some_and(is_again) {
            return;
        }
        self.next_number += 1;
        self.kept_bytes += jpeg.len();
        pictures.kept.push(KeptPicture { number, taken, stamp, jpeg });
        self.by_number.insert(number, feed.clone());
        self.make_room();
    }

    /// Records what a sample of the feed led to: drops thumbnails that are no longer needed, and
    /// takes those of an incident that began or ended. The verdict's times are on the time line of
    /// [`Album::add`], from which `to_clock` leads to those of the keys.
    pub fn judge(
        &mut self,
        feed: &FeedKey,
        verdict: &Verdict,
        to_clock: impl Fn(SystemTime) -> SystemTime,
    ) {
        let mut taken = Vec::new();
        if let Some(pictures) = self.feeds.get_mut(feed) {
            if let Some(IncidentEvent { incident, lasted }) = verdict.cleared {
                let moment = Moment::Last { lasted: lasted.as_secs() };
                taken.extend(pictures.last_faulty().map(|picture| (incident, moment, picture)));
                pictures.last_faulty = None;
            }
            if let Some(IncidentEvent { incident, .. }) = verdict.raised {
                let (before, first) = pictures.around(incident.since);
                taken.extend(before.map(|picture| (incident, Moment::Before, picture)));
                taken.extend(first.map(|picture| (incident, Moment::First, picture)));
            }
            let dropped = pictures.keep_needed(verdict.lasting_since(), verdict.incident);
            self.forget(&dropped);
        }
        for (mut incident, moment, jpeg) in taken {
            incident.map_times(&to_clock);
            self.enqueue(feed, &incident, moment, jpeg);
        }
    }

    /// Takes the latest picture of an incident that ended without a sample; its times are those of
    /// the key.
    pub fn end(&mut self, feed: &FeedKey, event: &IncidentEvent) {
        let Some(pictures) = self.feeds.remove(feed) else { return };
        let last = pictures.last_faulty();
        self.forget(&pictures.kept);
        if let Some(jpeg) = last {
            let moment = Moment::Last { lasted: event.lasted.as_secs() };
            self.enqueue(feed, &event.incident, moment, jpeg);
        }
    }

    /// Drops the thumbnails of feeds that are not watched any more.
    pub fn retain(&mut self, is_watched: impl Fn(&FeedKey) -> bool) {
        let gone: Vec<_> = self.feeds.keys().filter(|feed| !is_watched(feed)).cloned().collect();
        for feed in gone {
            if let Some(pictures) = self.feeds.remove(&feed) {
                self.forget(&pictures.kept);
            }
        }
    }

    /// What all pictures take, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.kept_bytes + self.waiting_bytes
    }

    /// Whether no picture waits.
    pub(super) fn has_none_waiting(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The pictures that wait, oldest first; the caller puts back what it could not upload.
    pub(super) fn take_waiting(&mut self) -> VecDeque<WaitingPicture> {
        self.waiting_bytes = 0;
        std::mem::take(&mut self.waiting)
    }

    /// Adds a picture to those that wait. The oldest ones give way if there are too many.
    pub(super) fn put_waiting(&mut self, picture: WaitingPicture) {
        self.waiting_bytes += picture.jpeg.len();
        self.waiting.push_back(picture);
        while self.waiting_bytes > self.budget / WAITING_SHARE
            && let Some(oldest) = self.waiting.pop_front()
        {
            self.waiting_bytes -= oldest.jpeg.len();
            self.dropped += 1;
        }
        self.make_room();
    }

    /// How many pictures found no room while they waited, since this was last asked.
    pub(super) fn take_dropped(&mut self) -> usize {
        std::mem::take(&mut self.dropped)
    }

    fn enqueue(&mut self, feed: &FeedKey, incident: &Incident, moment: Moment, jpeg: Bytes) {
        if let Some(incident) = IncidentName::new(feed, incident.since_slot, incident.fault) {
            let name = PictureName { incident, moment };
            self.put_waiting(WaitingPicture { name, jpeg, failures: 0 });
        }
    }

    /// Drops the oldest thumbnails until all are within the budget.
    fn make_room(&mut self) {
        while self.bytes() > self.budget
            && let Some((number, feed)) = self.by_number.pop_first()
        {
            let Some(pictures) = self.feeds.get_mut(&feed) else { continue };
            if let Some(position) = pictures.kept.iter().position(|one| one.number == number) {
                self.kept_bytes -= pictures.kept.remove(position).jpeg.len();
            }
        }
    }

    fn forget(&mut self, dropped: &[KeptPicture]) {
        for picture in dropped {
            self.by_number.remove(&picture.number);
            self.kept_bytes -= picture.jpeg.len();
        }
    }
}

impl FeedPictures {
    /// The last picture before a fault that began at `since`, and the first one with it.
    fn around(&self, since: SystemTime) -> (Option<Bytes>, Option<Bytes>) {
        let first = self.kept.partition_point(|one| one.taken < since);
        let jpeg = |one: &KeptPicture| one.jpeg.clone();
        (self.kept[..first].last().map(jpeg), self.kept.get(first).map(jpeg))
    }

    fn last_faulty(&self) -> Option<Bytes> {
        let number = self.last_faulty?;
        self.kept.iter().find(|one| one.number == number).map(|one| one.jpeg.clone())
    }

    /// Keeps what may be needed next and returns the rest. `lasting` is the fault that lasts and
    /// its beginning, `open` the incident after the sample.
    fn keep_needed(
        &mut self,
        lasting: Option<(Fault, SystemTime)>,
        open: Option<Incident>,
    ) -> Vec<KeptPicture> {
        // A later beginning is that of another freeze, which is going to replace the incident.
        let shows_incident = open
            .zip(lasting)
            .is_some_and(|(open, (fault, since))| fault == open.fault && since <= open.since);
        let latest = self.kept.last().map(|one| one.number);
        match open {
            Some(_) if shows_incident => self.last_faulty = latest,
            Some(_) => {}
            None => self.last_faulty = None,
        }
        let mut needed: Vec<_> = self.kept.iter().rev().take(2).map(|one| one.number).collect();
        needed.extend(self.last_faulty);
        if let Some((_, since)) = lasting
            && !shows_incident
        {
            let first = self.kept.partition_point(|one| one.taken < since);
            let before = first.checked_sub(1);
            needed.extend(
                [before, Some(first)]
                    .iter()
                    .flatten()
                    .filter_map(|&position| self.kept.get(position).map(|one| one.number)),
            );
        }
        self.kept.extract_if(.., |one| !needed.contains(&one.number)).collect()
    }
}

#[cfg(test)]
mod tests;
