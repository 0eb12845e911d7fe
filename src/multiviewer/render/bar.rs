//! The bar at the top of a tile: the feed's status in a word, with an icon and a kind of frame of
//! its own.

use std::time::{Duration, SystemTime};

use maud::Markup;
use source_detection::Fault;

use super::{icon, words};
use crate::multiviewer::{
    past::Ended,
    picture::Picture,
    select::Entry,
    status::{FeedStatus, UnknownReason},
};

/// The bar, and the class of the tile.
pub(super) struct Bar {
    pub(super) class: &'static str,
    pub(super) icon: Markup,
    pub(super) label: String,
    /// What follows the label.
    pub(super) more: Option<String>,
    pub(super) hint: Option<String>,
}

impl Bar {
    /// The bar of a feed with this picture.
    pub(super) fn of(entry: &Entry, picture: &Picture, now: SystemTime) -> Self {
        let label = words::short(entry.status);
        let bar = |class, icon, label| Self { class, icon, label, more: None, hint: None };
        match entry.status {
            FeedStatus::Faulty(ongoing) => Self {
                more: Some(words::duration(ongoing.lasted)),
                ..bar("msm-faulty", icon::of_fault(ongoing.fault), label)
            },
            FeedStatus::Pending(ongoing) => Self {
                more: Some(format!("for {}", words::duration(ongoing.lasted))),
                hint: Some(pending_hint(ongoing.fault).to_owned()),
                ..bar("msm-young", icon::clock(), label)
            },
            FeedStatus::Healthy => Self::healthy(entry.past.ended, picture, now),
            FeedStatus::Down => Self {
                more: words::pipelines_running(&entry.feed.channel),
                hint: Some("The other pipeline of the channel is the one that runs".to_owned()),
                ..bar("msm-unknown", icon::down(), label)
            },
            FeedStatus::Recovering => Self {
                hint: Some("MediaLive restarts a pipeline of the channel".to_owned()),
                ..bar("msm-young", icon::turning(), label)
            },
            FeedStatus::Starting => Self {
                hint: Some("The channel starts; no fault counts yet".to_owned()),
                ..bar("msm-young", icon::turning(), label)
            },
            FeedStatus::Unknown(reason) => Self::unknown(reason, label),
        }
    }

    /// Green only with a live picture: the monitor reports no fault, and the viewer can see it.
    fn healthy(ended: Option<Ended>, picture: &Picture, now: SystemTime) -> Self {
        let bar = |class, icon, label: &str, hint: &str| {
            let hint = if hint.is_empty() { None } else { Some(hint.to_owned()) };
            Self { class, icon, label: label.to_owned(), more: None, hint }
        };
        match picture {
            Picture::Jpeg { .. } if picture.is_old() => bar(
                "msm-unseen",
                icon::dash(),
                "OK",
                "The monitor reports no fault yet, and the thumbnail is old",
            ),
            Picture::Jpeg { .. } => Self {
                more: ended.map(|ended| was(ended, now)),
                ..bar("msm-well", icon::check(), "OK", "")
            },
            Picture::NotServed | Picture::NotAJpeg => bar(
                "msm-young",
                icon::clock(),
                "NO THUMBNAIL",
                "The monitor reports no fault yet, and there is no thumbnail now",
            ),
            Picture::Failed(_) | Picture::NotReached | Picture::NoRoom => bar(
                "msm-unseen",
                icon::dash(),
                "OK",
                "The monitor reports no fault; the wall has no picture to show",
            ),
        }
    }

    fn unknown(reason: UnknownReason, label: String) -> Self {
        let neutral = |hint: &str| (("msm-off", icon::dash()), None, hint.to_owned());
        let unknown = |more, hint: &str| (("msm-unknown", icon::question()), more, hint.to_owned());
        let ((class, icon), more, hint) = match reason {
            UnknownReason::NotWatched => {
                neutral("Tags keep the monitor from watching this channel")
            }
            UnknownReason::NotPublished => neutral("FEED_METRICS has no duration"),
            UnknownReason::NoDatapoints { age: Some(age) } => unknown(
                Some(format!("no data for {}", words::duration(age))),
                "The monitor has published nothing of this feed since",
            ),
            UnknownReason::NoDatapoints { age: None } => unknown(
                Some("no data for 5\u{a0}min".to_owned()),
                "The monitor has published nothing of this feed for 5 minutes or longer",
            ),
            UnknownReason::NoDatapointsYet => unknown(
                Some("no data yet".to_owned()),
                "The monitor has published nothing of this feed within 5 minutes: it is new, or \
                 the monitor does not run",
            ),
            UnknownReason::ReadFailed(kind) => unknown(None, words::cloudwatch_failure(kind)),
        };
        Self { class, icon, label, more, hint: Some(hint) }
    }

    pub(super) fn in_words(&self) -> String {
        match &self.more {
            Some(more) => format!("{} {more}", self.label),
            None => self.label.clone(),
        }
    }
}

/// `was BLACK 14 s, 2 min ago`; a tile that is too narrow hides the second part.
fn was(ended: Ended, now: SystemTime) -> String {
    let label = words::faulty_label(ended.fault).replace(' ', "\u{a0}");
    let ago = rounded(now.duration_since(ended.at).unwrap_or_default());
    format!(
        "was\u{a0}{label}\u{a0}{}, {}\u{a0}ago",
        words::duration(ended.lasted).replace(' ', "\u{a0}"),
        words::duration(ago),
    )
}

/// Whole minutes from the first one on.
fn rounded(time: Duration) -> Duration {
    let seconds = time.as_secs();
    Duration::from_secs(if seconds < 60 { seconds } else { seconds / 60 * 60 })
}

fn pending_hint(fault: Fault) -> &'static str {
    match fault {
        Fault::NoPicture => "No thumbnail, and not for as long as it takes to count as a fault",
        _ => "Not for as long as it takes to count as a fault, or expected of this channel",
    }
}
