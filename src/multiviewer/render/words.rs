//! The texts of the wall: labels, times and reasons, in an operator's words.

use std::time::{Duration, SystemTime};

use source_detection::Fault;

use crate::{
    announce::text::one_line,
    aws::ErrorKind,
    feed::{Channel, ChannelState},
    multiviewer::{picture::Picture, select::Entry},
};

/// The longest name that is shown, in characters.
const MAX_NAME: usize = 120;

/// The longest date that is shown, in characters.
const MAX_DATE: usize = 40;

/// The most names in a list.
const MAX_LISTED: usize = 10;

/// Shown instead of a picture for which the response has no room.
pub(super) const NO_ROOM: &str =
    "Left out: with this picture the answer would be too large. Lower perPage";

/// The label of a fault that has reached its set time.
pub(super) const fn faulty_label(fault: Fault) -> &'static str {
    match fault {
        Fault::Frozen => "FROZEN",
        Fault::FrozenBackground => "FROZEN BACKGROUND",
        Fault::Black => "BLACK",
        Fault::Bars => "BARS",
        Fault::Flat => "FLAT",
        Fault::NoPicture => "NO PICTURE",
    }
}

/// The label of a fault that has not yet reached its set time.
pub(super) const fn pending_label(fault: Fault) -> &'static str {
    match fault {
        Fault::Frozen => "still",
        Fault::FrozenBackground => "background still",
        Fault::Black => "black",
        Fault::Bars => "bars",
        Fault::Flat => "flat",
        Fault::NoPicture => "no picture",
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

/// `12:34:56` in UTC.
pub(super) fn time_of_day(time: SystemTime) -> String {
    let seconds =
        time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs() % 86_400;
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
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

/// The name of a channel, cut short; its id if it has no name.
pub(super) fn name(channel: &Channel) -> String {
    let name = channel.name.trim();
    if name.is_empty() {
        return format!("channel {}", channel.id);
    }
    match name.char_indices().nth(MAX_NAME) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

/// What else there is to know of a feed's channel: that it is muted, and when MediaLive restarts it
/// for maintenance.
pub(super) fn notes(entry: &Entry) -> Option<String> {
    let muted = entry.muted.then(|| "muted".to_owned());
    let date = entry.feed.channel.maintenance.as_deref();
    let maintenance = date.map(|date| format!("maintenance {}", one_line(date, MAX_DATE)));
    let notes: Vec<_> = muted.into_iter().chain(maintenance).collect();
    (!notes.is_empty()).then(|| notes.join(" · "))
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
    fn the_time_of_day_is_utc() {
        assert_eq!(
            time_of_day(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_001)),
            "08:00:01"
        );
    }
}
