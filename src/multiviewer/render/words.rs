//! The texts of the wall: labels, times and reasons, in an operator's words.

mod name;

use std::time::{Duration, SystemTime};

use source_detection::Fault;

use crate::{
    announce::text::one_line,
    aws::ErrorKind,
    feed::{Channel, ChannelState},
    multiviewer::{
        picture::Picture,
        request::UtcOffset,
        select::{Counts, Entry},
        status::{FeedStatus, UnknownReason},
    },
};
pub(super) use name::{name, shortened};

/// The longest date that is shown, in characters.
const MAX_DATE: usize = 40;

/// The most names in a list.
const MAX_LISTED: usize = 10;

/// Shown instead of a picture for which the response has no room.
pub(super) const NO_ROOM: &str =
    "Left out: the response has no room for more pictures. Lower perPage";

/// The label of a fault that has reached its set time: `NO PICTURE`.
pub(super) fn faulty_label(fault: Fault) -> String {
    plain(fault).to_uppercase()
}

/// The label of a fault that has not yet reached its set time.
pub(super) fn pending_label(fault: Fault) -> String {
    match fault {
        Fault::Frozen => "still".to_owned(),
        Fault::FrozenBackground => "background still".to_owned(),
        fault => plain(fault),
    }
}

fn plain(fault: Fault) -> String {
    fault.name().replace('_', " ")
}

/// The status of a feed in one or two words, for the tile of the other feed.
pub(super) fn short(status: FeedStatus) -> String {
    match status {
        FeedStatus::Faulty(ongoing) => faulty_label(ongoing.fault),
        FeedStatus::Pending(ongoing) => pending_label(ongoing.fault),
        FeedStatus::Healthy => "OK".to_owned(),
        FeedStatus::Down => "DOWN".to_owned(),
        FeedStatus::Recovering => "RECOVERING".to_owned(),
        FeedStatus::Starting => "STARTING".to_owned(),
        FeedStatus::Unknown(UnknownReason::NotWatched) => "NOT WATCHED".to_owned(),
        FeedStatus::Unknown(UnknownReason::NotPublished) => "NO CONDITION".to_owned(),
        FeedStatus::Unknown(_) => "UNKNOWN".to_owned(),
    }
}

/// `45 s`, `2 min 5 s`, `3 h 12 min`, `2 d 4 h`. A number and its unit stay on one line, so that a
/// tile which is too narrow hides the smaller unit as a whole.
pub(super) fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    let pair = |large: u64, large_unit: &str, small: u64, small_unit: &str| {
        if small == 0 {
            format!("{large}\u{a0}{large_unit}")
        } else {
            format!("{large}\u{a0}{large_unit} {small}\u{a0}{small_unit}")
        }
    };
    match seconds {
        0..60 => format!("{seconds}\u{a0}s"),
        60..3_600 => pair(seconds / 60, "min", seconds % 60, "s"),
        3_600..86_400 => pair(seconds / 3_600, "h", seconds % 3_600 / 60, "min"),
        _ => pair(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
    }
}

/// `14:34:56 UTC+02:00`.
pub(super) fn time_of_day(time: SystemTime, offset: UtcOffset) -> String {
    let local = offset.apply(time).duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let seconds = local.as_secs() % 86_400;
    let zone = offset.name();
    format!("{:02}:{:02}:{:02} {zone}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// `1 feed`, `12 feeds`.
pub(super) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// The first ten names, and how many more there are.
pub(super) fn list(names: &[String]) -> String {
    if names.len() <= MAX_LISTED {
        return names.join(", ");
    }
    format!("{} and {} more", names[..MAX_LISTED].join(", "), names.len() - MAX_LISTED)
}

/// What else there is to know of a feed's channel: for how long its pipelines have differed, how
/// many of them run, that it is muted, its state, and when MediaLive restarts it for maintenance.
pub(super) fn notes(entry: &Entry) -> Option<String> {
    let channel = &entry.feed.channel;
    let state = match channel.state {
        ChannelState::Recovering if entry.status != FeedStatus::Recovering => Some("recovering"),
        ChannelState::Updating => Some("updating"),
        _ => None,
    };
    let date = channel.maintenance.as_deref();
    let mismatch = entry.mismatch;
    let notes: Vec<_> = [
        mismatch.map(|lasted| format!("PIPELINES DIFFER for {}", duration(lasted))),
        pipelines_running(channel),
        state.map(str::to_owned),
        entry.muted.then(|| "muted".to_owned()),
        date.map(|date| format!("maintenance {}", one_line(date, MAX_DATE))),
    ]
    .into_iter()
    .flatten()
    .collect();
    if notes.is_empty() { None } else { Some(notes.join(" · ")) }
}

/// `1 of 2 pipelines running`; `None` if all run, or are about to.
pub(super) fn pipelines_running(channel: &Channel) -> Option<String> {
    let all = channel.class.pipelines().len();
    let running = channel.pipelines_running.filter(|running| *running < all)?;
    let is_due = channel.state != ChannelState::Starting;
    is_due.then(|| format!("{running} of {} running", count(all, "pipeline")))
}

/// The counts of feeds that are not in trouble: `10 OK, 1 starting`.
pub(super) fn without_trouble(counts: &Counts) -> String {
    let parts = [
        (counts.healthy, "OK"),
        (counts.recovering, "recovering"),
        (counts.starting, "starting"),
        (counts.not_watched, "not watched"),
    ];
    let parts = parts.into_iter().filter(|(feeds, _)| *feeds > 0);
    parts.map(|(feeds, what)| format!("{feeds} {what}")).collect::<Vec<_>>().join(", ")
}

/// Why a feed has no picture; `None` if it has one.
pub(super) fn no_picture(picture: &Picture, entry: &Entry) -> Option<&'static str> {
    Some(match picture {
        Picture::Jpeg { .. } => return None,
        Picture::NotServed => not_served(entry),
        Picture::NotAJpeg => "What was served as a thumbnail is not a JPEG",
        Picture::NotReached => "Not reached in time: select fewer feeds, or raise THUMBNAIL_TPS",
        Picture::NoRoom => NO_ROOM,
        Picture::Failed(kind) => medialive_failure(*kind),
    })
}

fn not_served(entry: &Entry) -> &'static str {
    let channel = &entry.feed.channel;
    if channel.state == ChannelState::Starting {
        "No thumbnail yet: the channel is starting"
    } else if channel.pipelines_running == Some(0) {
        "No thumbnail: no pipeline of the channel is running"
    } else if channel.state == ChannelState::Recovering {
        "No thumbnail: MediaLive is restarting a pipeline of the channel, perhaps this one"
    } else if channel.may_run_on_one_of_two() {
        "No thumbnail: one pipeline of the channel is not running, perhaps this one"
    } else {
        match entry.had_thumbnail {
            Some(true) => "No thumbnail is served any more: the pipeline or its source may be down",
            Some(false) => {
                "No thumbnail is served, nor has been since the channel is watched: they are \
                 disabled on it, or its role may not write to S3 (alert 6043)"
            }
            None => {
                "No thumbnail is served: they are disabled on the channel, or it has only just \
                 started"
            }
        }
    }
}

/// Why DescribeThumbnails failed.
const fn medialive_failure(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Throttled => "Throttled: the account's DescribeThumbnails quota is used up",
        ErrorKind::Denied => "Denied: the wall may not call DescribeThumbnails for this channel",
        ErrorKind::ServerFault => "MediaLive failed to serve the thumbnail",
        ErrorKind::TimedOut => "Timed out: MediaLive took too long to serve the thumbnail",
        ErrorKind::Unreachable => "MediaLive could not be reached",
        ErrorKind::UnreadableAnswer => "MediaLive's answer could not be read",
        ErrorKind::Refused => "MediaLive refused to serve the thumbnail",
    }
}

/// Why ListChannels failed.
pub(super) const fn list_failure(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Throttled => "MediaLive is throttling ListChannels",
        ErrorKind::Denied => "the wall may not call ListChannels",
        ErrorKind::ServerFault => "MediaLive failed to list them",
        ErrorKind::TimedOut => "MediaLive took too long to list them",
        ErrorKind::Unreachable => "MediaLive could not be reached",
        ErrorKind::UnreadableAnswer => "MediaLive's answer could not be read",
        ErrorKind::Refused => "MediaLive refused to list them",
    }
}

/// Why GetMetricData failed.
pub(super) const fn cloudwatch_failure(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Throttled => "CloudWatch is throttling GetMetricData",
        ErrorKind::Denied => "the wall may not call GetMetricData",
        ErrorKind::ServerFault => "CloudWatch failed to answer",
        ErrorKind::TimedOut => "CloudWatch took too long to answer",
        ErrorKind::Unreachable => "CloudWatch could not be reached",
        ErrorKind::UnreadableAnswer => "CloudWatch's answer could not be read",
        ErrorKind::Refused => "CloudWatch refused to answer",
    }
}

/// Why there are no pictures of incidents.
pub(super) const fn bucket_failure(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Throttled => "Amazon S3 is throttling",
        ErrorKind::Denied => "the wall may not read the bucket",
        ErrorKind::ServerFault => "Amazon S3 failed to answer",
        ErrorKind::TimedOut => "Amazon S3 took too long to answer",
        ErrorKind::Unreachable => "Amazon S3 could not be reached",
        ErrorKind::UnreadableAnswer => "Amazon S3's answer could not be read",
        ErrorKind::Refused => "Amazon S3 refused to answer: is the bucket still there?",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_shown_in_its_two_largest_units() {
        for (seconds, shown) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (125, "2 min 5 s"),
            (3_600, "1 h"),
            (11_520, "3 h 12 min"),
            (86_400, "1 d"),
            (187_200, "2 d 4 h"),
        ] {
            assert_eq!(duration(Duration::from_secs(seconds)).replace('\u{a0}', " "), shown);
        }
    }

    #[test]
    fn a_long_list_is_cut_short() {
        let names: Vec<_> = (1..=12).map(|number| number.to_string()).collect();
        assert_eq!(list(&names), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more");
        assert_eq!(list(&names[..2]), "1, 2");
    }

    #[test]
    fn the_time_of_day_is_the_viewers() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_001);
        assert_eq!(time_of_day(time, UtcOffset::default()), "08:00:01 UTC");
        let offset = UtcOffset::parse("+05:30").unwrap();
        assert_eq!(time_of_day(time, offset), "13:30:01 UTC+05:30");
    }

    #[test]
    fn a_channel_says_how_many_of_its_pipelines_run() {
        let runs = |pipelines_running, state| {
            let channel = Channel { state, pipelines_running, ..Channel::named("1", "News") };
            super::pipelines_running(&channel)
        };
        assert_eq!(runs(Some(2), ChannelState::Running), None);
        assert_eq!(runs(None, ChannelState::Running), None);
        assert_eq!(runs(Some(0), ChannelState::Starting), None);
        let one = Some("1 of 2 pipelines running".to_owned());
        assert_eq!(runs(Some(1), ChannelState::Running), one);
    }
}
