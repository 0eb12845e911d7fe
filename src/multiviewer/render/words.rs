//! What the wall says: labels, times and reasons, in the words of an operator.

use std::time::{Duration, SystemTime};

use crate::{
    calls::Cause,
    feed::{Channel, State},
    judge::Fault,
    wall::picture::Picture,
};

/// The most characters of a name that are shown.
const MOST_CHARACTERS: usize = 120;

/// What is said instead of a picture for which the answer has no room.
pub(super) const NO_ROOM: &str = "Left out: with this picture the answer would be too large. Lower perPage";

/// What a fault is called on the wall.
pub(super) const fn label(fault: Fault) -> &'static str {
    match fault {
        Fault::Frozen => "FROZEN",
        Fault::FrozenBackground => "FROZEN BACKGROUND",
        Fault::Black => "BLACK",
        Fault::Bars => "BARS",
        Fault::Flat => "ONE COLOUR",
        Fault::NoPicture => "NO PICTURE",
    }
}

/// What a fault is called while it is younger than its set time.
pub(super) const fn young_label(fault: Fault) -> &'static str {
    match fault {
        Fault::Frozen => "still",
        Fault::FrozenBackground => "background still",
        Fault::Black => "black",
        Fault::Bars => "bars",
        Fault::Flat => "one colour",
        Fault::NoPicture => "no picture",
    }
}

/// `45 s`, `2 min 5 s`, `3 h 12 min`, `2 d 4 h`. Number and unit stay together, so that a narrow tile drops the small unit whole.
pub(super) fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    let pair = |large: u64, one: &str, small: u64, other: &str| {
        if small == 0 {
            format!("{large}\u{a0}{one}")
        } else {
            format!("{large}\u{a0}{one} {small}\u{a0}{other}")
        }
    };
    match seconds {
        0..60 => format!("{seconds}\u{a0}s"),
        60..3_600 => pair(seconds / 60, "min", seconds % 60, "s"),
        3_600..86_400 => pair(seconds / 3_600, "h", seconds % 3_600 / 60, "min"),
        _ => pair(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
    }
}

/// `12:34:56`.
pub(super) fn time_of_day(time: SystemTime) -> String {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs() % 86_400;
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// `1 feed`, `12 feeds`.
pub(super) fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// The first few of these, and how many more there are.
pub(super) fn list(names: &[String]) -> String {
    const SHOWN: usize = 10;
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// The name of a channel, cut to what can be read; its id where it has none.
pub(super) fn name(channel: &Channel) -> String {
    let name = channel.name.trim();
    if name.is_empty() {
        return format!("channel {}", channel.id);
    }
    match name.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

/// Why a feed has no picture; nothing where it has one.
pub(super) fn no_picture(picture: &Picture, channel: &Channel) -> Option<&'static str> {
    Some(match picture {
        Picture::Jpeg { .. } => return None,
        Picture::NotServed if channel.state == State::Starting => "No thumbnail yet: the channel is starting",
        Picture::NotServed if channel.pipelines_running == Some(0) => {
            "No thumbnail: no pipeline of the channel is running"
        }
        Picture::NotServed if channel.runs_on_one_of_two() => {
            "No thumbnail: one pipeline of the channel is not running, perhaps this one"
        }
        Picture::NotServed => {
            "No thumbnail is served: thumbnails are disabled on the channel, or it has only just started"
        }
        Picture::NotAJpeg => "What was served as a thumbnail is not a JPEG",
        Picture::NotReached => "Not reached in time: select fewer feeds, or raise THUMBNAIL_TPS",
        Picture::NoRoom => NO_ROOM,
        Picture::Failed(cause) => medialive_gave_nothing(*cause),
    })
}

const fn medialive_gave_nothing(cause: Cause) -> &'static str {
    match cause {
        Cause::Throttled => "Throttled: the account's DescribeThumbnails quota is used up",
        Cause::Denied => "Denied: the wall may not call DescribeThumbnails for this channel",
        Cause::ServerFault => "MediaLive failed to serve the thumbnail",
        Cause::TimedOut => "Timed out: MediaLive took too long to serve the thumbnail",
        Cause::Unreachable => "MediaLive could not be reached",
        Cause::UnreadableAnswer | Cause::UnreadablePicture => "MediaLive's answer could not be read",
        Cause::Refused => "MediaLive refused to serve the thumbnail",
    }
}

/// Why CloudWatch told nothing of any feed.
pub(super) const fn cloudwatch_gave_nothing(cause: Cause) -> &'static str {
    match cause {
        Cause::Throttled => "CloudWatch is throttling GetMetricData",
        Cause::Denied => "the wall may not call GetMetricData",
        Cause::ServerFault => "CloudWatch failed to answer",
        Cause::TimedOut => "CloudWatch took too long to answer",
        Cause::Unreachable => "CloudWatch could not be reached",
        Cause::UnreadableAnswer | Cause::UnreadablePicture => "CloudWatch's answer could not be read",
        Cause::Refused => "CloudWatch refused to answer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_in_its_two_largest_units() {
        for (seconds, told) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (125, "2 min 5 s"),
            (3_600, "1 h"),
            (11_520, "3 h 12 min"),
            (86_400, "1 d"),
            (187_200, "2 d 4 h"),
        ] {
            assert_eq!(duration(Duration::from_secs(seconds)).replace('\u{a0}', " "), told);
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
        assert_eq!(time_of_day(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_001)), "08:00:01");
    }
}
