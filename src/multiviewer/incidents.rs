//! The incidents of the last day with their pictures, from the bucket of the stack. The keys of the
//! pictures are the cheapest source: a list of a thousand costs $0.000005, and needs no permission
//! beyond the one for the pictures.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
    time::{Duration, SystemTime},
};

use aws_smithy_types::base64;
use futures_util::{StreamExt, stream};
use tokio::time::{Instant, timeout_at};
use tracing::warn;

use super::{Multiviewer, picture::Picture};
use crate::{
    aws::{BucketOperations, ErrorKind},
    feed::FeedKey,
    incident_pictures::{
        IncidentName, Moment, PictureName,
        recent::{self, StoredIncident},
    },
};

/// Incidents that began earlier are not listed, unless they are open.
const RECENT: Duration = Duration::from_hours(24);

/// The most incidents in the list.
pub const MAX_LISTED: usize = 8;

/// The most feeds whose open incident is shown with pictures in their tiles.
const MAX_OPEN: usize = 12;

/// The room for pictures of incidents, as base64. An open incident is in a tile and in the list, so
/// that a response needs twice as much.
const MAX_BYTES: usize = 1_000_000;

/// What they take of a response at most.
pub(super) const MAX_RESPONSE_SHARE: usize = 2 * MAX_BYTES;

/// The list of incidents is used again for so long. A refresh within it costs nothing.
const REUSE_TIME: Duration = Duration::from_secs(20);

/// Pictures that are kept from view to view: they never change.
const MAX_KEPT: usize = 64;

/// Concurrent requests.
const CONCURRENT_CALLS: usize = 8;

/// What is shown of incidents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Incidents {
    /// Latest beginning first.
    pub listed: Vec<ShownIncident>,
    /// Whether they are all of the last day, as far as there is room.
    pub is_known: bool,
    /// Why they could not be read.
    pub error: Option<ErrorKind>,
}

/// An incident that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownIncident {
    /// Which one it is.
    pub name: IncidentName,
    /// How long it lasted; `None` while it is open.
    pub lasted: Option<Duration>,
    /// Its pictures, in the order of time, in base64 as in [`Picture::Jpeg`].
    pub pictures: Vec<(Moment, Arc<str>)>,
}

impl Incidents {
    /// The open incident of a feed.
    #[must_use]
    pub fn open(&self, feed: &FeedKey) -> Option<&ShownIncident> {
        self.listed.iter().find(|one| one.name.feed == *feed && one.lasted.is_none())
    }
}

/// What a process keeps of the bucket from one view to the next.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    list: Option<(SystemTime, Arc<[StoredIncident]>)>,
    pictures: HashMap<String, Arc<str>>,
    /// Oldest first.
    keys: VecDeque<String>,
}

impl Shelf {
    fn list(&self, now: SystemTime) -> Option<Arc<[StoredIncident]>> {
        let (at, list) = self.list.as_ref()?;
        let age = now.duration_since(*at).ok()?;
        (age < REUSE_TIME).then(|| Arc::clone(list))
    }

    fn keep(&mut self, key: String, picture: Arc<str>) {
        if self.pictures.insert(key.clone(), picture).is_none() {
            self.keys.push_back(key);
        }
        while self.keys.len() > MAX_KEPT
            && let Some(oldest) = self.keys.pop_front()
        {
            self.pictures.remove(&oldest);
        }
    }
}

/// Whether the latest incident of a feed is open.
fn is_open(all: &[StoredIncident], feed: &FeedKey) -> bool {
    all.iter().find(|one| one.name.feed == *feed).is_some_and(|one| one.lasted.is_none())
}

/// Of all incidents, latest first, the open ones of faulty feeds and the latest ones of feeds that
/// the view selects.
fn chosen<'a>(
    all: &'a [StoredIncident],
    faulty: &[FeedKey],
    is_selected: impl Fn(&FeedKey) -> bool,
    now: SystemTime,
) -> Vec<&'a StoredIncident> {
    let is_recent =
        |one: &StoredIncident| now.duration_since(one.name.since).unwrap_or_default() <= RECENT;
    let mut latest = HashSet::new();
    let (mut listed, mut open) = (0, 0);
    let mut is_chosen = |one: &&StoredIncident| {
        let is_latest = latest.insert(one.name.feed.clone());
        let is_open = is_latest && one.lasted.is_none() && faulty.contains(&one.name.feed);
        let is_listed = is_selected(&one.name.feed) && is_recent(one);
        open += usize::from(is_open);
        listed += usize::from(is_listed);
        is_open && open <= MAX_OPEN || is_listed && listed <= MAX_LISTED
    };
    all.iter().filter(|one| is_chosen(one)).collect()
}

impl Multiviewer {
    /// The incidents of the last day and those that are open, with their pictures. `faulty` are the
    /// feeds of the page that are in a fault.
    pub(super) async fn incidents(
        &self,
        faulty: &[FeedKey],
        is_selected: impl Fn(&FeedKey) -> bool,
        now: SystemTime,
        deadline: Instant,
    ) -> Incidents {
        let Some(bucket) = &self.operations.bucket else { return Incidents::default() };
        // A faulty feed whose incident is not in the list may have it by now.
        let is_current = |list: &Arc<[_]>| faulty.iter().all(|feed| is_open(list, feed));
        let known = self.shelf().list(now).filter(is_current);
        let all = match known {
            Some(list) => list,
            None => match timeout_at(deadline, recent::list(bucket)).await {
                Ok(Ok(list)) => {
                    let list: Arc<[_]> = list.into();
                    self.shelf().list = Some((now, Arc::clone(&list)));
                    list
                }
                Ok(Err(error)) => {
                    warn!(cause = error.kind.name(), %error, "no pictures of incidents");
                    return Incidents { error: Some(error.kind), ..Incidents::default() };
                }
                Err(_) => {
                    let error = Some(ErrorKind::TimedOut);
                    return Incidents { error, ..Incidents::default() };
                }
            },
        };
        let chosen = chosen(&all, faulty, is_selected, now);
        let names = chosen.iter().flat_map(|incident| incident.pictures());
        let mut pictures: HashMap<_, _> = stream::iter(names.collect::<Vec<_>>())
            .map(|name| async move {
                let picture = self.incident_picture(bucket, &name, deadline).await;
                (name.to_string(), picture)
            })
            .buffered(CONCURRENT_CALLS)
            .collect()
            .await;
        let mut room = MAX_BYTES;
        let shown = chosen.into_iter().map(|incident| {
            let mut shown = Vec::new();
            for name in incident.pictures() {
                let picture = pictures.remove(&name.to_string()).flatten();
                if let Some(base64) = picture.filter(|base64| base64.len() <= room) {
                    room -= base64.len();
                    shown.push((name.moment, base64));
                }
            }
            let StoredIncident { name, lasted, .. } = incident.clone();
            ShownIncident { name, lasted, pictures: shown }
        });
        Incidents { listed: shown.collect(), is_known: true, error: None }
    }

    /// A picture in base64; `None` if it is gone, can't be read, or is not a JPEG.
    async fn incident_picture(
        &self,
        bucket: &BucketOperations,
        name: &PictureName,
        deadline: Instant,
    ) -> Option<Arc<str>> {
        let key = name.to_string();
        let known = self.shelf().pictures.get(&key).cloned();
        if known.is_some() {
            return known;
        }
        let jpeg = match timeout_at(deadline, recent::fetch(bucket, name)).await.ok()? {
            Ok(jpeg) => jpeg,
            Err(error) => {
                warn!(key, cause = error.kind.name(), %error, "no picture of an incident");
                return None;
            }
        };
        let picture = Picture::served(base64::encode(jpeg), None, SystemTime::UNIX_EPOCH);
        let Picture::Jpeg { base64, .. } = picture else { return None };
        self.shelf().keep(key, Arc::clone(&base64));
        Some(base64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incident(key: &str) -> StoredIncident {
        recent::incidents([key]).remove(0)
    }

    fn names(chosen: &[&StoredIncident]) -> Vec<String> {
        chosen.iter().map(|one| one.name.to_string()).collect()
    }

    #[test]
    fn open_incidents_of_faulty_feeds_and_the_latest_of_selected_feeds_are_shown() {
        let all = [
            incident("3/20261126T030000Z-pipeline-0-black/3-last-after-9s.jpg"),
            incident("2/20261126T020000Z-pipeline-0-black/2-first.jpg"),
            incident("1/20261120T000000Z-pipeline-0-black/2-first.jpg"),
            incident("1/20261119T000000Z-pipeline-0-black/2-first.jpg"),
            incident("3/20261118T000000Z-pipeline-0-black/2-first.jpg"),
        ];
        let now = all[0].name.since + Duration::from_secs(60);
        let faulty = ["1", "3"].map(|id| all.iter().find(|one| &*one.name.feed.channel_id == id));
        let faulty = faulty.map(|one| one.unwrap().name.feed.clone());
        let open = chosen(&all, &faulty, |_| false, now);
        assert_eq!(names(&open), ["1/20261120T000000Z-pipeline-0-black/"]);
        let listed = chosen(&all, &[], |feed| &*feed.channel_id != "2", now);
        assert_eq!(names(&listed), ["3/20261126T030000Z-pipeline-0-black/"]);
        assert_eq!(chosen(&all, &faulty, |_| true, now).len(), 3);
    }

    #[test]
    fn lists_are_short() {
        let keys: Vec<_> = (0..40)
            .rev()
            .map(|minute| {
                format!("{}/20261126T03{minute:02}00Z-pipeline-0-black/2-first.jpg", 100 + minute)
            })
            .collect();
        let all: Vec<_> = keys.iter().map(|key| incident(key)).collect();
        let feeds: Vec<_> = all.iter().map(|one| one.name.feed.clone()).collect();
        let now = all[0].name.since;
        assert_eq!(chosen(&all, &[], |_| true, now).len(), MAX_LISTED);
        assert_eq!(chosen(&all, &feeds, |_| false, now).len(), MAX_OPEN);
    }

    #[test]
    fn a_list_is_used_again_for_a_while_and_few_pictures_are_kept() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_hours(1);
        let mut shelf = Shelf { list: Some((now, [].into())), ..Shelf::default() };
        assert!(shelf.list(now + Duration::from_secs(19)).is_some());
        assert!(shelf.list(now + Duration::from_secs(20)).is_none());
        assert!(shelf.list(now - Duration::from_secs(1)).is_none(), "the clock was set back");
        for number in 0..200 {
            shelf.keep(format!("{}", number % 100), "/9j/".into());
        }
        assert_eq!((shelf.keys.len(), shelf.pictures.len()), (MAX_KEPT, MAX_KEPT));
    }
}
