//! ffmpeg's filters `freezedetect` and `blackdetect` over stills.
//!
//! JPEG files and the filters' options enter, incidents leave. ffmpeg sees a video of one frame for
//! each still, with the stills' distance.

use std::{
    error::Error,
    io::{ErrorKind, Write},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use source_detection::{
    Fault,
    replay::{RaisedIncident, ReplayError, Sequence},
};

/// Beginning and end in seconds. The end is the first still that differs, and is missing if there
/// is none.
type Stretch = (f64, Option<f64>);

/// What the filters report.
#[derive(Debug, Default, PartialEq)]
struct Found {
    freezes: Vec<Stretch>,
    blacks: Vec<Stretch>,
}

/// The incidents of a sequence. `freeze` and `black` are the options of the filters, each with the
/// set time as its last one, `d`.
pub(super) fn play(
    sequence: &Sequence,
    stills: &[Vec<u8>],
    freeze: &str,
    black: &str,
) -> Result<Vec<RaisedIncident>, Box<dyn Error>> {
    let messages = run(sequence, stills, &format!("freezedetect={freeze},blackdetect={black}"))?;
    let found = parse(&messages).ok_or_else(|| format!("unknown message of ffmpeg: {messages}"))?;
    let set_time = |options: &str| options.rsplit('=').next().unwrap_or_default().parse::<f64>();
    let (freeze, black) = (set_time(freeze)?, set_time(black)?);
    // At the end of the stills, `blackdetect` reports the latest one as the end.
    let last = sequence.time_of(stills.len().saturating_sub(1)).as_secs_f64();
    let with_end = |(start, end): Stretch| (start, end.filter(|end| *end < last));
    let freezes = found.freezes.into_iter().map(|found| (Fault::Frozen, found, freeze));
    let blacks = found.blacks.into_iter().map(|found| (Fault::Black, with_end(found), black));
    let incidents = freezes.chain(blacks).filter_map(|(fault, stretch, set_time)| {
        let step = sequence.step.as_secs_f64();
        incident(step, fault, stretch, set_time)
    });
    Ok(incidents.collect())
}

/// The incident of a stretch that a filter has found, raised with the first still after the set
/// time, or else with the last one: the filters count until the first still that differs.
///
/// `None` if that is the next one. A frame that is shown for seconds is a freeze to the filters,
/// but there is no such frame in the source: only stills are that far apart.
fn incident(
    step: f64,
    fault: Fault,
    (start, end): Stretch,
    set_time: f64,
) -> Option<RaisedIncident> {
    let still = |time: f64| (time / step - 1e-3).ceil().max(0.0);
    let last = end.map_or(f64::INFINITY, |end| still(end) - 1.0);
    if last <= still(start) {
        return None;
    }
    let set = still(start + set_time).min(last) * step;
    let [since, set] = [start, set].map(Duration::from_secs_f64);
    Some(RaisedIncident {
        fault,
        since,
        set,
        clear: end.map(Duration::from_secs_f64),
        evidence: None,
    })
}

/// ffmpeg's messages about a sequence.
fn run(sequence: &Sequence, stills: &[Vec<u8>], filters: &str) -> Result<String, Box<dyn Error>> {
    let rate = format!("1000/{}", sequence.step.as_millis());
    let mut command = Command::new("ffmpeg");
    command.args(["-hide_banner", "-nostats", "-loglevel", "info", "-f", "image2pipe"]);
    command.args(["-framerate", &rate, "-c:v", "mjpeg", "-i", "pipe:0"]);
    command.args(["-vf", filters, "-f", "null", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut process = command.spawn().map_err(|error| match error.kind() {
        ErrorKind::NotFound => ReplayError::NoFfmpeg,
        _ => ReplayError::Ffmpeg(error),
    })?;
    let stdin = process.stdin.take();
    let output = thread::scope(|scope| {
        // ffmpeg would wait for its messages to be read, and this for ffmpeg to read the stills.
        scope.spawn(move || {
            // A failure shows in ffmpeg's exit code.
            stdin.map(|mut stdin| stills.iter().try_for_each(|still| stdin.write_all(still)))
        });
        process.wait_with_output()
    })?;
    let messages = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(messages) } else { Err(messages.into()) }
}

/// Reads the messages of both filters; `None` if one of them has another form.
fn parse(messages: &str) -> Option<Found> {
    let mut found = Found::default();
    for line in messages.lines() {
        let number = |key: &str| {
            let (_, rest) = line.split_once(key)?;
            rest.split_whitespace().next()?.parse::<f64>().ok()
        };
        if line.contains("freeze_start") {
            found.freezes.push((number("freeze_start: ")?, None));
        } else if line.contains("freeze_end") {
            found.freezes.last_mut()?.1 = Some(number("freeze_end: ")?);
        } else if line.contains("black_start") {
            found.blacks.push((number("black_start:")?, Some(number("black_end:")?)));
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGES: &str = "\
[blackdetect @ 0x1] black_start:4 black_end:12.5 black_duration:8.5
[freezedetect @ 0x2] lavfi.freezedetect.freeze_start: 0
[freezedetect @ 0x2] lavfi.freezedetect.freeze_duration: 8
[freezedetect @ 0x2] lavfi.freezedetect.freeze_end: 8
[freezedetect @ 0x2] lavfi.freezedetect.freeze_start: 10
";

    #[test]
    fn messages_of_both_filters_are_read() {
        let freezes = vec![(0.0, Some(8.0)), (10.0, None)];
        let expected = Found { freezes, blacks: vec![(4.0, Some(12.5))] };
        assert_eq!(parse(MESSAGES), Some(expected));
        assert_eq!(parse("freeze_end: 8"), None);
    }

    #[test]
    fn a_stretch_is_raised_at_its_set_time_or_its_last_still_and_not_if_it_has_only_one() {
        let raised = |stretch| {
            let incident = incident(2.0, Fault::Frozen, stretch, 8.0)?;
            Some((incident.set.as_secs(), incident.clear.map(|clear| clear.as_secs())))
        };
        assert_eq!(raised((2.0, None)), Some((10, None)));
        assert_eq!(raised((2.0, Some(20.0))), Some((10, Some(20))));
        assert_eq!(raised((2.0, Some(10.0))), Some((8, Some(10))));
        assert_eq!(raised((2.0, Some(4.0))), None);
    }
}
