//! Judges one sequence, still by still.
//!
//! A [`Sequence`] enters, [`Played`] leaves: the condition of each still, and the incidents. Labels
//! are ignored.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use super::{
    Observer, RecordedSample, ReplayError, Sequence, Stills, Video,
    video::{Ending, Ffmpeg},
};
use crate::{
    judge::{
        Condition, Evidence, Fault, FeedState, IncidentEvent, Observation, Thresholds, Verdict,
    },
    picture::Picture,
};

/// What a sequence led to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Played {
    /// The condition of each still.
    pub conditions: Vec<Condition>,
    /// The fault that lasts at each still, and for how long, from slot to slot.
    pub lasting: Vec<Option<(Fault, Duration)>>,
    /// The incidents, in order of time.
    pub incidents: Vec<RaisedIncident>,
    /// Indices of the stills that could not be decoded, and why.
    pub unreadable: Vec<(usize, String)>,
    /// Why the stills end before the video does.
    pub incomplete: Option<String>,
}

/// An incident. Times count from the first still.
#[derive(Clone, Debug, PartialEq)]
pub struct RaisedIncident {
    /// What was raised.
    pub fault: Fault,
    /// When the fault began.
    pub since: Duration,
    /// When the incident was raised.
    pub set: Duration,
    /// When it was cleared; `None` if it was open at the end.
    pub clear: Option<Duration>,
    /// The numbers that decided it.
    pub evidence: Option<Evidence>,
}

/// A still, and what it led to.
#[derive(Debug)]
pub struct JudgedStill<'a> {
    /// Its place in the sequence, from 0.
    pub index: usize,
    /// Its time, from the first still.
    pub time: Duration,
    /// When it was taken: for a recording as it was recorded, otherwise counted from 1970.
    pub taken: SystemTime,
    /// Its file; `None` if there was no picture.
    pub jpeg: Option<&'a [u8]>,
    /// The decoded picture; `None` if there was none, or none that could be read.
    pub picture: Option<&'a Picture>,
    /// The verdict.
    pub verdict: &'a Verdict,
}

impl Played {
    /// Stretches of the same condition: the indices of the first and the last still of each.
    #[must_use]
    pub fn stretches(&self) -> Vec<(Condition, usize, usize)> {
        let mut stretches: Vec<(Condition, usize, usize)> = Vec::new();
        for (index, condition) in self.conditions.iter().enumerate() {
            match stretches.last_mut() {
                Some((same, _, last)) if same == condition => *last = index,
                _ => stretches.push((*condition, index, index)),
            }
        }
        stretches
    }
}

/// Plays a sequence as a feed that was running before its first still, and tells the observer of
/// each. A sequence that the observer stops ends with the latest still.
///
/// # Errors
/// A file that cannot be read, or a video of which no still can be taken. A still that cannot be
/// decoded is not an error: its condition is `unknown`. Neither is a video that breaks off: see
/// [`Played::incomplete`].
pub fn play(
    sequence: &Sequence,
    thresholds: &Thresholds,
    observer: &mut impl Observer,
) -> Result<Played, ReplayError> {
    let (feed, played) = (FeedState::new(), Played::default());
    let mut course = Course { sequence, thresholds, feed, played, observer };
    match &sequence.stills {
        Stills::Files(files) => course.play_files(files)?,
        Stills::Video(video) => course.play_video(video)?,
    }
    Ok(course.played)
}

/// A sequence that is being played.
struct Course<'a, O> {
    sequence: &'a Sequence,
    thresholds: &'a Thresholds,
    feed: FeedState,
    played: Played,
    observer: &'a mut O,
}

impl<O: Observer> Course<'_, O> {
    fn play_files(&mut self, files: &[Option<PathBuf>]) -> Result<(), ReplayError> {
        for file in files {
            if self.observer.is_stopped() {
                break;
            }
            let jpeg = file.as_deref().map(read).transpose()?;
            self.judge(jpeg.as_deref());
        }
        Ok(())
    }

    fn play_video(&mut self, video: &Video) -> Result<(), ReplayError> {
        let name = || self.sequence.name.clone();
        let mut ffmpeg = Ffmpeg::start(video, self.sequence.step)?;
        let mut jpeg = Vec::new();
        let broken = loop {
            match ffmpeg.read(&mut jpeg) {
                Ok(true) => self.judge(Some(&jpeg)),
                Ok(false) => break None,
                Err(error) => break Some(error),
            }
            if self.observer.is_stopped() {
                return Ok(());
            }
        };
        if self.observer.is_stopped() {
            return Ok(());
        }
        let problem = match (end(ffmpeg, broken), self.played.conditions.is_empty()) {
            (Ending::Complete, false) => return Ok(()),
            (Ending::Complete, true) => "no still could be taken of it".to_owned(),
            (Ending::NoVideo, _) => return Err(ReplayError::NoVideo { name: name() }),
            (Ending::Failed(problem), _) => video.without_input(&problem, &self.sequence.name),
        };
        if self.played.conditions.is_empty() {
            return Err(ReplayError::Video { name: name(), problem });
        }
        self.played.incomplete = Some(problem);
        Ok(())
    }

    fn judge(&mut self, jpeg: Option<&[u8]>) {
        let index = self.played.conditions.len();
        let at = self.sequence.sample_time(index);
        if self.sequence.recorded.get(index).is_some_and(|sample| sample.starting) {
            self.feed.starting(at, self.thresholds);
        }
        let observation = self.observe(index, jpeg);
        let picture = match &observation {
            Observation::Picture { picture, .. } => Some(picture.clone()),
            _ => None,
        };
        let verdict = self.feed.observe(at, observation, self.thresholds);
        let time = self.sequence.time_of(index);
        self.record(&verdict, time);
        let (picture, verdict, taken) = (picture.as_ref(), &verdict, at.taken);
        let still = JudgedStill { index, time, taken, jpeg, picture, verdict };
        self.observer.judged(self.sequence, &still);
    }

    /// What a sample shows.
    fn observe(&mut self, index: usize, jpeg: Option<&[u8]>) -> Observation {
        let recorded = self.sequence.recorded.get(index);
        let Some(jpeg) = jpeg else {
            return recorded.map_or(Observation::NoPicture, RecordedSample::without_picture);
        };
        let even = || Some(self.sequence.sample_time(index).taken);
        let taken = recorded.map_or_else(even, RecordedSample::stamp);
        match Picture::decode_within(jpeg, self.sequence.largest_still()) {
            Ok(picture) => Observation::Picture { picture, taken },
            Err(reason) => {
                self.played.unreadable.push((index, reason.to_string()));
                Observation::Unreadable
            }
        }
    }

    fn record(&mut self, verdict: &Verdict, time: Duration) {
        let played = &mut self.played;
        played.conditions.push(verdict.condition);
        let lasting = verdict.lasting_since();
        played.lasting.push(lasting.map(|(fault, _)| (fault, verdict.lasted_in_slots(fault))));
        if verdict.cleared.is_some()
            && let Some(open) = played.incidents.last_mut()
        {
            open.clear = Some(time);
        }
        if let Some(event) = &verdict.raised {
            let first = self.sequence.sample_time(0).taken;
            played.incidents.push(RaisedIncident::new(event, first, time));
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, ReplayError> {
    fs::read(path).map_err(|source| ReplayError::Read { path: path.to_owned(), source })
}

/// How ffmpeg ended, and else what was wrong with the stills that it wrote.
fn end(ffmpeg: Ffmpeg, broken: Option<io::Error>) -> Ending {
    let ending = match ffmpeg.ending() {
        Ok(ending) => ending,
        Err(error) => Ending::Failed(error.to_string()),
    };
    match (ending, broken) {
        (Ending::Complete, Some(error)) => Ending::Failed(error.to_string()),
        (ending, _) => ending,
    }
}

impl RaisedIncident {
    /// The incident of a sequence whose first still was taken at `first`.
    fn new(event: &IncidentEvent, first: SystemTime, set: Duration) -> Self {
        let incident = event.incident;
        let since = incident.since.duration_since(first).unwrap_or_default();
        Self { fault: incident.fault, since, set, clear: None, evidence: incident.evidence }
    }
}
