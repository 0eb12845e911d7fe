//! Reads back what the bucket has: the incidents of the last days, from their pictures' keys alone,
//! and single pictures.

use std::time::{Duration, SystemTime};

use bytes::Bytes;

use super::name::{IncidentName, Moment, PictureName};
use crate::aws::{BucketOperations, CallError};

/// The most pages that are read, of 1,000 keys. An incident has three keys at most.
const MAX_PAGES: usize = 10;

/// An incident that has pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredIncident {
    /// Which incident it is.
    pub name: IncidentName,
    /// Whether there is a picture from before it.
    pub has_before: bool,
    /// Whether there is its first picture.
    pub has_first: bool,
    /// How long it lasted; `None` if there is no picture of its end.
    pub lasted: Option<Duration>,
}

impl StoredIncident {
    /// The names of its pictures, in the order of time.
    pub fn pictures(&self) -> impl Iterator<Item = PictureName> {
        let before = self.has_before.then_some(Moment::Before);
        let first = self.has_first.then_some(Moment::First);
        let last = self.lasted.map(|lasted| Moment::Last { lasted: lasted.as_secs() });
        let moments = [before, first, last].into_iter().flatten();
        moments.map(|moment| PictureName { incident: self.name.clone(), moment })
    }

    /// When it ended, if it did.
    #[must_use]
    pub fn ended(&self) -> Option<SystemTime> {
        self.name.since.checked_add(self.lasted?)
    }
}

/// The incidents whose pictures have these keys, latest beginning first. `keys` are in their order.
#[must_use]
pub fn incidents<'a>(keys: impl IntoIterator<Item = &'a str>) -> Vec<StoredIncident> {
    let mut incidents: Vec<StoredIncident> = Vec::new();
    for PictureName { incident, moment } in keys.into_iter().filter_map(PictureName::parse) {
        if incidents.last().is_none_or(|last| last.name != incident) {
            incidents.push(StoredIncident {
                name: incident,
                has_before: false,
                has_first: false,
                lasted: None,
            });
        }
        let Some(last) = incidents.last_mut() else { continue };
        match moment {
            Moment::Before => last.has_before = true,
            Moment::First => last.has_first = true,
            // Two overlapping ticks may differ by a sample about the end.
            Moment::Last { lasted } => {
                last.lasted = last.lasted.max(Some(Duration::from_secs(lasted)));
            }
        }
    }
    incidents.sort_by_key(|incident| std::cmp::Reverse(incident.name.since));
    incidents
}

/// The incidents whose pictures are in the bucket, latest beginning first.
///
/// # Errors
/// When S3 sent no response, or rejected the request.
pub async fn list(bucket: &BucketOperations) -> Result<Vec<StoredIncident>, CallError> {
    let (mut keys, mut page) = (Vec::new(), None);
    for _ in 0..MAX_PAGES {
        let next = bucket.list_objects.call(|bucket| bucket.clone().list("", page.clone())).await?;
        keys.extend(next.objects.into_iter().map(|object| object.key));
        if next.next.is_none() || next.next == page {
            break;
        }
        page = next.next;
    }
    Ok(incidents(keys.iter().map(String::as_str)))
}

/// A picture in the bucket.
///
/// # Errors
/// When S3 sent no response, or rejected the request; an expired picture is a rejected request.
pub async fn fetch(bucket: &BucketOperations, name: &PictureName) -> Result<Bytes, CallError> {
    let key = name.to_string();
    bucket.get_object.call(|bucket| bucket.clone().get(key.clone())).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn incidents_are_read_from_keys_the_latest_first() {
        let keys = [
            "1001/20261126T031240Z-pipeline-0-black/1-before.jpg",
            "1001/20261126T031240Z-pipeline-0-black/2-first.jpg",
            "1001/20261126T031240Z-pipeline-0-black/3-last-after-240s.jpg",
            "1001/20261126T031240Z-pipeline-1-black/2-first.jpg",
            "1002/20261126T041240Z-pipeline-0-no_picture/1-before.jpg",
            "slates/closed.jpg",
        ];
        let incidents = incidents(keys);
        let names: Vec<_> = incidents.iter().map(|one| one.name.to_string()).collect();
        assert_eq!(
            names,
            [
                "1002/20261126T041240Z-pipeline-0-no_picture/",
                "1001/20261126T031240Z-pipeline-0-black/",
                "1001/20261126T031240Z-pipeline-1-black/",
            ]
        );
        let ended = &incidents[1];
        assert_eq!(ended.ended(), Some(ended.name.since + Duration::from_secs(240)));
        assert_eq!(ended.pictures().map(|one| one.to_string()).collect::<Vec<_>>(), &keys[..3]);
        assert_eq!((incidents[2].has_before, incidents[2].has_first), (false, true));
        assert_eq!(incidents[0].ended(), None);
    }

    #[test]
    fn of_two_ends_the_later_one_counts() {
        let folder = "1001/20261126T031240Z-pipeline-0-black";
        let keys = ["250", "240"].map(|end| format!("{folder}/3-last-after-{end}s.jpg"));
        let incidents = incidents(keys.iter().map(String::as_str));
        assert_eq!(incidents[0].lasted, Some(Duration::from_secs(250)));
    }
}
